// Every request is bounded: its lists, its texts, and the URL of its call.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "codec/token_grant.h"
#include "contract/services.h"
#include "endpoints/endpoint_table.h"
#include "endpoints/request_rules.h"
#include "firstmile/mapping/options.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"
#include "signing/signer.h"

namespace firstmile::testing {
namespace {

using endpoints::RequestRules;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::Reflection;
using google::protobuf::ServiceDescriptor;
using ::testing::HasSubstr;

// Longest URL of a call with a token of realistic length. Common web servers accept 8 KiB.
constexpr std::size_t kUrlBytesMax = 8192;
constexpr std::size_t kTokenBytes = 2048;

const firstmile::mapping::FieldCheck& Check(const FieldDescriptor& field) {
  return field.options().GetExtension(firstmile::mapping::check);
}

const FieldDescriptor& ValueOf(const FieldDescriptor& field) {
  return field.is_map() ? *field.message_type()->map_value() : field;
}

bool HoldsText(const FieldDescriptor& field) {
  return ValueOf(field).cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

std::size_t BytesMax(const FieldDescriptor& field) {
  return Check(field).bytes_max() > 0 ? static_cast<std::size_t>(Check(field).bytes_max())
                                      : RequestRules::kTextBytesMax;
}

// Including the sidecar's own.
std::vector<const ServiceDescriptor*> AllServices() {
  std::vector<const ServiceDescriptor*> services = ContractServices();
  for (const char* own :
       {"firstmile.v1.AuthService", "firstmile.v1.DiagnosticsService", "firstmile.v1.FlowService"}) {
    services.push_back(google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(own));
  }
  return services;
}

std::vector<const Descriptor*> Requests() {
  std::set<const Descriptor*> requests;
  for (const ServiceDescriptor* service : AllServices()) {
    for (int i = 0; i < service->method_count(); ++i) requests.insert(service->method(i)->input_type());
  }
  return {requests.begin(), requests.end()};
}

std::unique_ptr<Message> New(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

std::vector<std::string> Faults(const Message& request) {
  std::vector<std::string> lines;
  const auto rules = RequestRules::Compile(*request.GetDescriptor());
  EXPECT_TRUE(rules.ok()) << rules.status();
  for (const errors::Violation& violation : rules->Check(request)) {
    lines.push_back(absl::StrCat(violation.field, ": ", violation.description));
  }
  return lines;
}

// Sets one element of a list, one value of a map, or the field itself to a text of `bytes` characters that a
// URL escapes.
void SetText(Message* message, const FieldDescriptor& field, std::size_t bytes) {
  const Reflection& reflection = *message->GetReflection();
  const std::string text(bytes, Check(field).form() == firstmile::mapping::TEXT_FORM_NAME ? 'x' : '%');
  if (field.is_map()) {
    Message* entry = reflection.AddMessage(message, &field);
    entry->GetReflection()->SetString(entry, field.message_type()->map_value(), text);
  } else if (field.is_repeated()) {
    reflection.AddString(message, &field, text);
  } else {
    reflection.SetString(message, &field, text);
  }
}

// Calls `visit` for every text field of a request, with its message and path.
template <typename Visit>
void ForEachText(Message* message, const std::string& prefix, Visit visit) {
  const Descriptor& type = *message->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string path = absl::StrCat(prefix, field.name());
    if (HoldsText(field)) {
      visit(message, field, path);
    } else if (field.message_type() != nullptr && !field.is_map()) {
      const Reflection& reflection = *message->GetReflection();
      Message* nested = field.is_repeated() ? reflection.AddMessage(message, &field)
                                            : reflection.MutableMessage(message, &field);
      ForEachText(nested, absl::StrCat(path, field.is_repeated() ? "[0]." : "."), visit);
    }
  }
}

TEST(ContractBounds, EveryTextOfARequestIsRefusedBeyondItsLimit) {
  for (const Descriptor* type : Requests()) {
    const std::unique_ptr<Message> walked = New(*type);
    ForEachText(walked.get(), "",
                [&](Message* message, const FieldDescriptor& field, const std::string& path) {
                  if (Check(field).date()) return;  // ten characters, covered by other tests
                  const std::string where =
                      field.is_map() ? path + "[0]" : absl::StrCat(path, field.is_repeated() ? "[0]" : "");
                  SetText(message, field, BytesMax(field) + 1);
                  EXPECT_THAT(Faults(*walked),
                              ::testing::Contains(absl::StrCat(where, ": must be at most ", BytesMax(field),
                                                               " bytes; got ", BytesMax(field) + 1)))
                      << type->full_name();
                  message->GetReflection()->ClearField(message, &field);
                  SetText(message, field, BytesMax(field));
                  EXPECT_THAT(Faults(*walked),
                              ::testing::Not(::testing::Contains(HasSubstr(where + ": must be at most"))))
                      << type->full_name();
                  message->GetReflection()->ClearField(message, &field);
                });
  }
}

TEST(ContractBounds, ALongOrderNumberIsNamedWithItsLimitAndItsLength) {
  const std::unique_ptr<Message> request =
      New(*google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          "firstmile.v1.GetTrackingNumberRequest"));
  SetText(request.get(), *request->GetDescriptor()->FindFieldByName("order_sn"), 1'100'000);
  EXPECT_THAT(Faults(*request), ::testing::Contains("order_sn: must be at most 256 bytes; got 1100000"));
}

TEST(ContractBounds, TheLongestTokenThatIsTakenIsTheLongestThatIsKept) {
  const Descriptor& tokens = *google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      "firstmile.v1.ImportedTokens");
  for (const char* name : {"access_token", "refresh_token"}) {
    EXPECT_EQ(BytesMax(*tokens.FindFieldByName(name)), codec::kTokenBytesMax);
  }
}

// The comment before the source line that starts with `line`, after the line that starts with `scope`; joined
// into one line.
std::string CommentBefore(const google::protobuf::FileDescriptor& file, const std::string& scope,
                          const std::string& line) {
  std::ifstream source(absl::StrCat(FIRSTMILE_PROTO_DIR, "/", file.name()));
  std::string comment;
  bool inside = scope.empty();
  for (std::string text; std::getline(source, text);) {
    const absl::string_view code = absl::StripLeadingAsciiWhitespace(text);
    inside = inside || absl::StartsWith(code, scope);
    if (inside && absl::StartsWith(code, line)) return comment;
    if (absl::StartsWith(code, "//")) {
      absl::StrAppend(&comment, code.substr(2));
    } else {
      comment.clear();
    }
  }
  return "";
}

std::string CommentOf(const FieldDescriptor& field) {
  const std::string type = field.is_map()
                               ? "map<int64, string>"
                               : absl::StrCat(field.is_repeated() ? "repeated " : "", field.type_name());
  return CommentBefore(*field.file(), absl::StrCat("message ", field.containing_type()->name(), " {"),
                       absl::StrCat(type, " ", field.name(), " = "));
}

std::string CommentOf(const ServiceDescriptor& service) {
  return CommentBefore(*service.file(), "", absl::StrCat("service ", service.name(), " {"));
}

TEST(ContractBounds, AreInTheComments) {
  for (const Descriptor* type : Requests()) {
    const std::unique_ptr<Message> walked = New(*type);
    ForEachText(walked.get(), "", [&](Message*, const FieldDescriptor& field, const std::string&) {
      if (Check(field).bytes_max() == 0) return;
      EXPECT_THAT(CommentOf(field), HasSubstr(absl::StrCat("most ", BytesMax(field), " bytes")))
          << field.full_name();
    });
  }
  for (const ServiceDescriptor* service : AllServices()) {
    EXPECT_THAT(CommentOf(*service),
                HasSubstr(absl::StrCat("Every text of a request has at most ", RequestRules::kTextBytesMax)));
  }
}

// Not UNSPECIFIED. Shopee's texts are no longer than the names.
int LongestValue(const google::protobuf::EnumDescriptor& type) {
  const google::protobuf::EnumValueDescriptor* longest = type.value(1);
  for (int i = 2; i < type.value_count(); ++i) {
    if (type.value(i)->name().size() > longest->name().size()) longest = type.value(i);
  }
  return longest->number();
}

// The longest valid request, with the largest numbers and characters that grow when escaped.
std::unique_ptr<Message> LongestRequest(const Descriptor& type) {
  std::unique_ptr<Message> request = New(type);
  const Reflection& reflection = *request->GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (HoldsText(field)) {
      const int count = field.is_repeated() ? Check(field).items_max() : 1;
      for (int n = 0; n < count; ++n) {
        if (!Check(field).date()) SetText(request.get(), field, BytesMax(field));
      }
      if (Check(field).date()) {
        reflection.SetString(request.get(), &field,
                             Check(field).after().empty() ? "2026-01-01" : "2026-01-02");
      }
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      reflection.SetInt64(request.get(), &field, Check(field).max());
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      reflection.SetInt32(request.get(), &field, static_cast<std::int32_t>(Check(field).max()));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      reflection.SetBool(request.get(), &field, true);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection.SetEnumValue(request.get(), &field, LongestValue(*field.enum_type()));
    } else if (field.message_type() == google::protobuf::Timestamp::descriptor()) {
      auto* time =
          static_cast<google::protobuf::Timestamp*>(reflection.MutableMessage(request.get(), &field));
      time->set_seconds(google::protobuf::util::TimeUtil::kTimestampMaxSeconds);
    } else {
      ADD_FAILURE() << field.full_name() << ": this test does not know how long it can be";
    }
  }
  return request;
}

TEST(ContractBounds, EveryGetFitsIntoAnAddress) {
  const absl::StatusOr<endpoints::EndpointTable> table = endpoints::EndpointTable::Build(ContractServices());
  ASSERT_TRUE(table.ok()) << table.status();
  const signing::Signer signer(2001887, secrets::Secret(std::string("key")));
  int gets = 0;
  for (const MethodDescriptor* method : UnaryMethods()) {
    const endpoints::Endpoint& endpoint = *table->FindByRequest(method->input_type());
    if (endpoint.verb != endpoints::HttpVerb::kGet) continue;
    ++gets;
    const std::unique_ptr<Message> request = LongestRequest(*method->input_type());
    EXPECT_THAT(Faults(*request), ::testing::IsEmpty()) << method->full_name();
    const signing::Subject subject{.parameter = "shop_id",
                                   .id = std::numeric_limits<std::int64_t>::max(),
                                   .access_token = secrets::Secret(std::string(kTokenBytes, 'x'))};
    const signing::SignedCall call =
        signer.SignCall("https://openplatform.sandbox.test-stable.shopee.sg", endpoint.path, absl::Now(),
                        subject, endpoint.encoder.Encode(*request).query);
    EXPECT_LE(call.url.Reveal().size(), kUrlBytesMax) << method->full_name();
  }
  EXPECT_GT(gets, 0);
}

}  // namespace
}  // namespace firstmile::testing
