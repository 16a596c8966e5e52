// Checks every service of the contract against the options and the project's rules, so that no new rpc is
// forgotten.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "contract/services.h"
#include "endpoints/endpoint_table.h"
#include "firstmile/mapping/options.pb.h"
#include "firstmile/v1/common.pb.h"
#include "firstmile/v1/failure.pb.h"
#include "read_back/read_back_functions.h"

namespace firstmile::testing {
namespace {

namespace fs = std::filesystem;

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

const firstmile::mapping::WireField& Wire(const FieldDescriptor& field) {
  return field.options().GetExtension(firstmile::mapping::wire);
}

fs::path GoldenFolder(const MethodDescriptor& method) {
  return fs::path(FIRSTMILE_GOLDEN_DIR) / method.service()->name() / method.name();
}

int CasesWith(const fs::path& folder, const char* file) {
  int cases = 0;
  if (!fs::exists(folder)) return cases;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    cases += fs::exists(entry.path() / file);
  return cases;
}

bool HasOutcomes(const Descriptor& response) {
  for (int i = 0; i < response.field_count(); ++i) {
    if (Wire(*response.field(i)).has_outcomes()) return true;
  }
  return false;
}

void Collect(const Descriptor* type, std::set<const Descriptor*>* seen) {
  if (!seen->insert(type).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->message_type() != nullptr) Collect(type->field(i)->message_type(), seen);
  }
}

// Every response message of the methods, nested ones included.
std::set<const Descriptor*> AnswerMessages() {
  std::set<const Descriptor*> seen;
  for (const std::vector<const MethodDescriptor*>& methods : {UnaryMethods(), StreamMethods()}) {
    for (const MethodDescriptor* method : methods) Collect(method->output_type(), &seen);
  }
  return seen;
}

// Every request and response message of the methods, nested ones included.
std::set<const Descriptor*> AllMessages() {
  std::set<const Descriptor*> seen;
  for (const std::vector<const MethodDescriptor*>& methods : {UnaryMethods(), StreamMethods()}) {
    for (const MethodDescriptor* method : methods) {
      Collect(method->input_type(), &seen);
      Collect(method->output_type(), &seen);
    }
  }
  return seen;
}

void ExpectField(const Descriptor& type, int number, const char* name, const char* kind) {
  const FieldDescriptor* field = type.FindFieldByNumber(number);
  ASSERT_NE(field, nullptr) << type.full_name() << " has no field " << number << ", which should be " << name;
  EXPECT_EQ(field->name(), name) << type.full_name();
  const std::string actual = field->is_map() ? "map"
                             : field->message_type() != nullptr
                                 ? std::string(field->message_type()->full_name())
                                 : std::string(field->type_name());
  EXPECT_EQ(actual, kind) << field->full_name();
}

TEST(Contract, HasServices) {
  EXPECT_FALSE(UnaryMethods().empty());
  EXPECT_FALSE(StreamMethods().empty());
}

TEST(Contract, FitsTheEndpointTable) {
  const absl::StatusOr<endpoints::EndpointTable> table = endpoints::EndpointTable::Build(ContractServices());
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->endpoints().size(), UnaryMethods().size());
}

TEST(Contract, EveryUnaryRpcSaysHowItTravels) {
  for (const MethodDescriptor* method : UnaryMethods()) {
    EXPECT_TRUE(method->options().HasExtension(firstmile::mapping::upstream)) << method->full_name();
    EXPECT_FALSE(method->options().HasExtension(firstmile::mapping::upstream_stream)) << method->full_name();
  }
}

// Clients may then repeat it, and proxies in front of the sidecar know that.
TEST(Contract, EveryReadIsMarkedAsOneWithoutSideEffectsAndNoWriteIs) {
  using google::protobuf::MethodOptions;
  for (const MethodDescriptor* method : UnaryMethods()) {
    const auto& upstream = method->options().GetExtension(firstmile::mapping::upstream);
    const bool marked = method->options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS;
    EXPECT_EQ(marked, upstream.effect() == firstmile::mapping::EFFECT_READ) << method->full_name();
  }
  for (const MethodDescriptor* method : StreamMethods()) {
    EXPECT_EQ(method->options().idempotency_level(), MethodOptions::NO_SIDE_EFFECTS) << method->full_name();
  }
}

// A field with the same name in request and response identifies the call's object.
TEST(Contract, EveryTextThatAnAnswerRepeatsIsComparedWithItsRequest) {
  int echoes = 0;
  for (const MethodDescriptor* method : UnaryMethods()) {
    const Descriptor& answer = *method->output_type();
    for (int i = 0; i < answer.field_count(); ++i) {
      const FieldDescriptor& field = *answer.field(i);
      const FieldDescriptor* asked = method->input_type()->FindFieldByName(field.name());
      if (asked == nullptr || field.is_repeated() || asked->is_repeated()) continue;
      if (field.message_type() != nullptr) continue;
      EXPECT_EQ(Wire(field).echo_of(), field.name()) << field.full_name();
      ++echoes;
    }
  }
  EXPECT_GE(echoes, 8);
}

TEST(Contract, EveryPathIsCalledByOneRpc) {
  std::set<std::string> paths;
  for (const MethodDescriptor* method : UnaryMethods()) {
    const firstmile::mapping::UpstreamCall& call =
        method->options().GetExtension(firstmile::mapping::upstream);
    EXPECT_TRUE(paths.insert(call.has_get() ? call.get() : call.post()).second) << method->full_name();
  }
}

// Without one, a write whose answer is lost stays WRITE_OUTCOME_UNKNOWN for its caller to find out.
TEST(Contract, EveryWriteHasAFunctionThatReadsItBackAndNothingElseHas) {
  for (const MethodDescriptor* method : UnaryMethods()) {
    const auto& upstream = method->options().GetExtension(firstmile::mapping::upstream);
    const bool is_read_back = read_back::FindReadBackFn(method->input_type()) != nullptr;
    EXPECT_EQ(is_read_back, upstream.effect() == firstmile::mapping::EFFECT_WRITE)
        << method->full_name() << ": see server/read_back/read_back_functions.cc";
  }
}

// EndpointTable checks the fields of those that do.
TEST(Contract, EveryRpcThatAsksForAPageSaysHowItPages) {
  for (const MethodDescriptor* method : UnaryMethods()) {
    std::set<const Descriptor*> messages;
    Collect(method->input_type(), &messages);
    const bool asks = std::any_of(messages.begin(), messages.end(), [](const Descriptor* type) {
      return type->FindFieldByName("cursor") != nullptr || type->FindFieldByName("page_no") != nullptr;
    });
    EXPECT_EQ(asks, method->options().GetExtension(firstmile::mapping::upstream).paging() !=
                        firstmile::mapping::PAGING_STYLE_UNSPECIFIED)
        << method->full_name();
  }
}

TEST(Contract, EveryStreamRepeatsAUnaryRpcOfItsService) {
  for (const MethodDescriptor* method : StreamMethods()) {
    ASSERT_TRUE(method->options().HasExtension(firstmile::mapping::upstream_stream)) << method->full_name();
    EXPECT_FALSE(method->client_streaming()) << method->full_name();
    const std::string& name = method->options().GetExtension(firstmile::mapping::upstream_stream).source();
    const MethodDescriptor* source = method->service()->FindMethodByName(name);
    ASSERT_NE(source, nullptr) << method->full_name() << " repeats " << name << ", which does not exist";
    EXPECT_TRUE(source->options().HasExtension(firstmile::mapping::upstream)) << method->full_name();
  }
}

TEST(Contract, EveryListAndEveryFileHasItsStream) {
  std::set<std::string> sources;
  for (const MethodDescriptor* method : StreamMethods()) {
    sources.insert(method->options().GetExtension(firstmile::mapping::upstream_stream).source());
  }
  for (const MethodDescriptor* method : UnaryMethods()) {
    const firstmile::mapping::UpstreamCall& call =
        method->options().GetExtension(firstmile::mapping::upstream);
    const bool large = call.paging() != firstmile::mapping::PAGING_STYLE_UNSPECIFIED ||
                       call.payload() == firstmile::mapping::PAYLOAD_KIND_FILE;
    EXPECT_EQ(sources.contains(std::string(method->name())), large) << method->full_name();
  }
}

TEST(Contract, EveryUnaryRpcHasAGoldenSuccessAndAGoldenFailure) {
  for (const MethodDescriptor* method : UnaryMethods()) {
    EXPECT_GT(CasesWith(GoldenFolder(*method), "response.textproto"), 0) << method->full_name();
    EXPECT_GT(CasesWith(GoldenFolder(*method), "status.textproto"), 0) << method->full_name();
  }
}

// Of a stream, its source's.
firstmile::v1::AuthScope ScopeOf(const MethodDescriptor& method) {
  const std::string& source = method.options().GetExtension(firstmile::mapping::upstream_stream).source();
  const MethodDescriptor& unary = source.empty() ? method : *method.service()->FindMethodByName(source);
  return unary.options().GetExtension(firstmile::mapping::upstream).scope();
}

TEST(Contract, EveryRequestNamesItsShopOrMerchantFirst) {
  for (const std::vector<const MethodDescriptor*>& methods : {UnaryMethods(), StreamMethods()}) {
    for (const MethodDescriptor* method : methods) {
      const firstmile::v1::AuthScope scope = ScopeOf(*method);
      if (scope == firstmile::v1::AUTH_SCOPE_PUBLIC) continue;
      const FieldDescriptor* subject = method->input_type()->FindFieldByNumber(1);
      ASSERT_NE(subject, nullptr) << method->full_name();
      const std::string name = scope == firstmile::v1::AUTH_SCOPE_MERCHANT ? "merchant_id" : "shop_id";
      EXPECT_EQ(subject->name(), subject->is_repeated() ? name + "s" : name) << method->full_name();
      EXPECT_EQ(subject->type(), FieldDescriptor::TYPE_INT64) << subject->full_name();
      EXPECT_TRUE(Wire(*subject).subject()) << subject->full_name();
      EXPECT_TRUE(subject->options().GetExtension(firstmile::mapping::check).required())
          << subject->full_name();
    }
  }
}

TEST(Contract, ThePartnersOwnCallsNameNoShopAndNoMerchant) {
  for (const std::vector<const MethodDescriptor*>& methods : {UnaryMethods(), StreamMethods()}) {
    for (const MethodDescriptor* method : methods) {
      if (ScopeOf(*method) != firstmile::v1::AUTH_SCOPE_PUBLIC) continue;
      for (int i = 0; i < method->input_type()->field_count(); ++i)
        EXPECT_FALSE(Wire(*method->input_type()->field(i)).subject()) << method->full_name();
    }
  }
}

TEST(Contract, EveryListOfARequestIsBounded) {
  for (const std::vector<const MethodDescriptor*>& methods : {UnaryMethods(), StreamMethods()}) {
    for (const MethodDescriptor* method : methods) {
      std::set<const Descriptor*> messages;
      Collect(method->input_type(), &messages);
      for (const Descriptor* type : messages) {
        for (int i = 0; i < type->field_count(); ++i) {
          const FieldDescriptor& field = *type->field(i);
          if (!field.is_repeated()) continue;
          EXPECT_GT(field.options().GetExtension(firstmile::mapping::check).items_max(), 0)
              << field.full_name();
        }
      }
    }
  }
}

TEST(Contract, EveryAnswerStartsWithTheHeader) {
  for (const MethodDescriptor* method : UnaryMethods()) {
    const Descriptor& response = *method->output_type();
    ExpectField(response, 1, "header", "firstmile.v1.ResponseHeader");
    if (HasOutcomes(response)) ExpectField(response, 2, "error", "string");
  }
}

TEST(Contract, EveryMessageIsNamedAfterItsRpc) {
  for (const std::vector<const MethodDescriptor*>& methods : {UnaryMethods(), StreamMethods()}) {
    for (const MethodDescriptor* method : methods) {
      const std::string plain = absl::StrCat(method->name(), "Request");
      const std::string full = absl::StrCat(method->service()->name(), plain);
      const std::string request(method->input_type()->name());
      EXPECT_TRUE(request == plain || request == full) << method->full_name() << " takes " << request;
      const std::string stem = request.substr(0, request.size() - std::string("Request").size());
      EXPECT_EQ(method->output_type()->name(), absl::StrCat(stem, "Response")) << method->full_name();
    }
  }
}

// The sidecar itself chooses the values of the others.
bool IsOfShopee(const EnumDescriptor& values) {
  for (const EnumDescriptor* ours :
       {firstmile::v1::OutcomeState_descriptor(), firstmile::v1::CanonicalCode_descriptor(),
        firstmile::v1::ErrorReason_descriptor()}) {
    if (&values == ours) return false;
  }
  return true;
}

TEST(Contract, EveryStateHasShopeesTextBesideIt) {
  for (const Descriptor* type : AnswerMessages()) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor& field = *type->field(i);
      const EnumDescriptor* values = field.enum_type();
      if (values == nullptr || !IsOfShopee(*values)) continue;
      EXPECT_TRUE(absl::EndsWith(values->value(0)->name(), "_UNSPECIFIED")) << values->full_name();
      const FieldDescriptor* raw = type->FindFieldByName(absl::StrCat(field.name(), "_raw"));
      ASSERT_NE(raw, nullptr) << field.full_name() << " has no field with Shopee's own text";
      EXPECT_EQ(raw->type(), FieldDescriptor::TYPE_STRING) << raw->full_name();
      EXPECT_EQ(Wire(*raw).name(), field.name()) << raw->full_name();
    }
  }
}

TEST(Contract, EveryEmptyTextThatIsSentBelongsToTheListsElements) {
  for (const Descriptor* type : AllMessages()) {
    for (int i = 0; i < type->field_count(); ++i) {
      for (const std::string& name : Wire(*type->field(i)).send_empty()) {
        ASSERT_NE(type->field(i)->message_type(), nullptr) << type->field(i)->full_name();
        EXPECT_NE(type->field(i)->message_type()->FindFieldByName(name), nullptr)
            << type->field(i)->full_name();
      }
    }
  }
}

TEST(Golden, EveryFolderBelongsToAUnaryRpc) {
  std::set<fs::path> folders;
  for (const MethodDescriptor* method : UnaryMethods()) folders.insert(GoldenFolder(*method));
  for (const fs::directory_entry& service : fs::directory_iterator(FIRSTMILE_GOLDEN_DIR)) {
    if (!service.is_directory()) continue;
    for (const fs::directory_entry& rpc : fs::directory_iterator(service)) {
      EXPECT_TRUE(folders.contains(rpc.path())) << rpc.path();
    }
  }
}

}  // namespace
}  // namespace firstmile::testing
