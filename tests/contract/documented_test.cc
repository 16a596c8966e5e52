// Compares the contract with Shopee's documentation: every documented parameter is sent, and every documented
// response member is decoded, whatever JSON type Shopee uses for it.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "codec/answer.h"
#include "codec/wire_options.h"
#include "contract/documented.h"
#include "contract/message_leaves.h"
#include "contract/services.h"
#include "endpoints/endpoint_table.h"
#include "google/protobuf/timestamp.pb.h"

namespace firstmile::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::UnorderedElementsAreArray;

const endpoints::EndpointTable& Table() {
  static const absl::StatusOr<endpoints::EndpointTable> table =
      endpoints::EndpointTable::Build(ContractServices());
  return table.value();
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// One rpc and its decoder.
class Rpc {
 public:
  explicit Rpc(const std::string& name) {
    for (const google::protobuf::MethodDescriptor* method : UnaryMethods()) {
      if (absl::StrCat(method->service()->name(), "/", method->name()) == name) method_ = method;
    }
  }

  bool exists() const { return method_ != nullptr; }
  const endpoints::Endpoint& endpoint() const { return *Table().FindByRequest(method_->input_type()); }
  const google::protobuf::Descriptor* response_type() const { return method_->output_type(); }
  std::unique_ptr<Message> NewRequest() const { return NewMessage(method_->input_type()); }

  // The decoded values; the test fails when `body` cannot be decoded or contains an unmodeled member.
  std::vector<Leaf> Decode(const std::string& body) {
    const std::unique_ptr<Message> response = NewMessage(method_->output_type());
    codec::DecodeReport report;
    const absl::Status status =
        endpoint().decoder.Decode(reader_.Read(body), *NewRequest(), response.get(), &report);
    EXPECT_TRUE(status.ok()) << status << "\n" << body;
    EXPECT_EQ(report.unknown_fields, 0U) << body;
    return LeavesOf(*response);
  }

  std::vector<Leaf> DecodeFile(const std::string& file) const {
    const std::unique_ptr<Message> response = NewMessage(method_->output_type());
    endpoint().decoder.DecodeFile(file, "application/pdf", response.get());
    return LeavesOf(*response);
  }

 private:
  const google::protobuf::MethodDescriptor* method_ = nullptr;
  codec::AnswerReader reader_;
};

enum class Lists { kArrays, kBareElements };

// A JSON object with only `value` at `path`.
std::string Nest(const std::string& path, std::string value, Lists lists) {
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const bool list = absl::EndsWith(*name, "[]") && lists == Lists::kArrays;
    const std::string plain = absl::StrReplaceAll(*name, {{"[]", ""}});
    value = absl::StrCat("{\"", plain, "\":", list ? "[" : "", value, list ? "]" : "", "}");
  }
  return value;
}

// A JSON spelling of `text`.
struct Spelling {
  std::string json;
  std::string text;
};

std::vector<Spelling> SpellingsOf(const std::string& type) {
  if (absl::StartsWith(type, "string")) {
    return {{R"("probe-1")", "probe-1"},
            {R"("\t probe-1 \n")", "probe-1"},
            {R"("2410106R7TSAJR 订单")", "2410106R7TSAJR 订单"},
            {"70301", "70301"},
            {"9007199254740993", "9007199254740993"},
            {"25333320394471234567", "25333320394471234567"},
            {"-2.5", "-2.5"},
            {"true", "true"}};
  }
  if (type == "boolean") {
    return {
        {"true", "true"}, {R"("true")", "true"}, {R"("True")", "true"}, {"1", "true"}, {R"("1")", "true"}};
  }
  std::vector<Spelling> numbers = {{"70301", "70301"},   {R"("70301")", "70301"}, {R"(" 70301 ")", "70301"},
                                   {"70301.0", "70301"}, {"7.0301e4", "70301"},   {R"("70301.0")", "70301"}};
  if (type == "int64") {
    numbers.push_back({"9007199254740993", "9007199254740993"});
    numbers.push_back({R"("9007199254740993")", "9007199254740993"});
  }
  return numbers;
}

bool IsContainer(const DocumentedField& field) {
  return absl::StartsWith(field.type, "object");
}

bool IsList(const DocumentedField& field) {
  return absl::EndsWith(field.type, "[]");
}

// Where the values of a plain member are.
std::string PathOfValues(const DocumentedField& field) {
  return absl::StrCat(field.path, IsList(field) ? "[]" : "");
}

// The contract has other names for an element's failure reason, for the elements that a job took, and in the
// envelope.
std::string NameInContract(const std::string& name) {
  if (name == "fail_error") return "vendor_code";
  if (name == "success_id_list") return "id";
  if (name == "warning") return "text";
  if (name == "mesage") return "message";
  return name == "fail_message" || name == "fail_reason" ? "vendor_message" : name;
}

bool IsNamed(const FieldDescriptor& field, absl::string_view name) {
  const auto& also = codec::WireOf(field).also();
  return codec::WireName(field) == name || std::find(also.begin(), also.end(), name) != also.end();
}

// The field of the payload that a documented member fills; null for members of the envelope and of outcomes.
const FieldDescriptor* FieldAt(const google::protobuf::Descriptor* type, const std::string& path) {
  const FieldDescriptor* found = nullptr;
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    const absl::string_view name = absl::StripSuffix(part, "[]");
    if ((name == "response" || name == "repsonse") && found == nullptr) continue;
    type = found == nullptr ? type : found->message_type();
    found = nullptr;
    for (int i = 0; type != nullptr && i < type->field_count() && found == nullptr; ++i) {
      if (IsNamed(*type->field(i), name)) found = type->field(i);
    }
    if (found == nullptr) return nullptr;
  }
  return found;
}

// Times have a type of their own, and an enum's raw text is kept. What only a sample shows has no documented
// type.
std::string TypeInContract(const DocumentedField& field, const FieldDescriptor* in_contract) {
  const bool documented = field.type != "undocumented";  // otherwise seen in a sample alone
  if (in_contract == nullptr) return documented ? field.type : "string";
  if (in_contract->message_type() == google::protobuf::Timestamp::descriptor()) return "time";
  if (in_contract->enum_type() != nullptr) return "string";
  if (in_contract->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return "boolean";
  if (!documented) return in_contract->cpp_type() == FieldDescriptor::CPPTYPE_STRING ? "string" : "int";
  const bool other_name = codec::WireName(*in_contract) != LastName(field.path);
  return other_name && in_contract->cpp_type() == FieldDescriptor::CPPTYPE_INT64 ? "int64" : field.type;
}

bool Shows(const std::vector<Leaf>& leaves, const std::string& vendor_name, const std::string& text) {
  const std::string name = NameInContract(vendor_name);
  return std::any_of(leaves.begin(), leaves.end(),
                     [&](const Leaf& leaf) { return LastName(leaf.path) == name && leaf.text == text; });
}

class Documented : public ::testing::TestWithParam<DocumentedOperation> {
 protected:
  void SetUp() override { ASSERT_TRUE(rpc_.exists()) << GetParam().rpc << " is not in the contract"; }

  void ExpectShown(const DocumentedField& field, const Spelling& spelling) {
    const std::string path = PathOfValues(field);
    for (const Lists lists : {Lists::kArrays, Lists::kBareElements}) {
      const std::string body = Nest(path, spelling.json, lists);
      if (field.path == "error") {
        EXPECT_EQ(reader_.Read(body).error, spelling.text) << body;
      } else {
        const FieldDescriptor* in_contract = FieldAt(rpc_.response_type(), field.path);
        const std::string name = in_contract == nullptr ? LastName(path) : codec::WireName(*in_contract);
        EXPECT_TRUE(Shows(rpc_.Decode(body), name, spelling.text)) << body;
      }
    }
  }

  Rpc rpc_{GetParam().rpc};
  codec::AnswerReader reader_;
};

TEST_P(Documented, HasItsVerbAndPath) {
  const bool get = rpc_.endpoint().verb == endpoints::HttpVerb::kGet;
  EXPECT_EQ(get ? "GET" : "POST", GetParam().verb);
  EXPECT_EQ(rpc_.endpoint().path, GetParam().path);
}

TEST_P(Documented, SendsEveryParameterAndNoOther) {
  const std::unique_ptr<Message> request = rpc_.NewRequest();
  const std::vector<Leaf> given = FillEveryField(request.get());
  const codec::WireRequest wire = rpc_.endpoint().encoder.Encode(*request);
  std::vector<std::string> documented;
  for (const DocumentedField& field : GetParam().asked) {
    if (!IsContainer(field)) documented.push_back(PathOfValues(field));
  }
  std::vector<std::string> sent;
  if (GetParam().verb == "POST") {
    const std::vector<Leaf> leaves = LeavesOfJson(wire.body);
    EXPECT_THAT(leaves, UnorderedElementsAreArray(given)) << wire.body;
    for (const Leaf& leaf : leaves) sent.push_back(leaf.path);
  } else {
    std::vector<std::pair<std::string, std::string>> texts;
    texts.reserve(given.size());
    for (const Leaf& leaf : given) texts.emplace_back(leaf.path, leaf.text);
    EXPECT_EQ(wire.query, texts);
    for (const auto& [name, value] : wire.query) sent.push_back(name);
  }
  EXPECT_THAT(sent, UnorderedElementsAreArray(documented));
}

std::string KindOf(const DocumentedField& field) {
  if (absl::StartsWith(field.type, "string")) return "text";
  if (field.type == "boolean") return "truth";
  return field.type == "float" ? "number" : "integer";
}

// A query has only texts; a body has types.
class DocumentedBody : public Documented {};

TEST_P(DocumentedBody, HasEveryParameterInItsKind) {
  const std::unique_ptr<Message> request = rpc_.NewRequest();
  FillEveryField(request.get());
  const std::vector<Leaf> leaves = LeavesOfJson(rpc_.endpoint().encoder.Encode(*request).body);
  for (const DocumentedField& field : GetParam().asked) {
    if (IsContainer(field)) continue;
    const std::string path = PathOfValues(field);
    const auto sent =
        std::find_if(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return leaf.path == path; });
    ASSERT_NE(sent, leaves.end()) << path;
    EXPECT_EQ(sent->kind, KindOf(field)) << path;
  }
}

TEST_P(Documented, ShowsEveryMemberOfTheAnswerWhateverItsKind) {
  for (const DocumentedField& field : GetParam().answered) {
    if (field.type == "file") {
      EXPECT_TRUE(Shows(rpc_.DecodeFile("%PDF-1.4\n\xE2\xE3"), field.path, "%PDF-1.4\n\xE2\xE3"));
    } else if (!IsContainer(field)) {
      const FieldDescriptor* in_contract = FieldAt(rpc_.response_type(), field.path);
      for (const Spelling& spelling : SpellingsOf(TypeInContract(field, in_contract))) {
        ExpectShown(field, spelling);
      }
    }
  }
}

TEST_P(Documented, TakesNothingForAbsentInEveryMember) {
  for (const DocumentedField& field : GetParam().answered) {
    if (field.type == "file") continue;
    std::vector<std::string> nothings = {"null", R"("")", R"(" ")", R"("-")", "[]"};
    if (IsContainer(field)) nothings.emplace_back("{}");
    if (IsContainer(field) && IsList(field)) nothings.emplace_back("[null]");
    for (const std::string& nothing : nothings) {
      const std::string body = Nest(field.path, nothing, Lists::kArrays);
      for (const Leaf& leaf : rpc_.Decode(body)) {
        if (absl::StrContains(leaf.path, "failure.")) continue;  // of an element listed as failed
        EXPECT_TRUE(leaf.kind == "state" || leaf.kind == "presence")
            << leaf.path << " shows " << leaf.text << " for " << body;
      }
    }
  }
}

std::string NameOf(const ::testing::TestParamInfo<DocumentedOperation>& info) {
  return absl::StrReplaceAll(info.param.rpc, {{"/", "_"}});
}

std::vector<DocumentedOperation> OperationsWithBody() {
  std::vector<DocumentedOperation> operations = ReadDocumentedOperations();
  std::erase_if(operations, [](const DocumentedOperation& operation) { return operation.verb != "POST"; });
  return operations;
}

INSTANTIATE_TEST_SUITE_P(Operation, Documented, ::testing::ValuesIn(ReadDocumentedOperations()), NameOf);
INSTANTIATE_TEST_SUITE_P(Operation, DocumentedBody, ::testing::ValuesIn(OperationsWithBody()), NameOf);

TEST(DocumentedOperations, AreTheUnaryRpcsOfTheContract) {
  std::vector<std::string> documented;
  for (const DocumentedOperation& operation : ReadDocumentedOperations()) documented.push_back(operation.rpc);
  std::vector<std::string> declared;
  for (const endpoints::Endpoint* endpoint : Table().endpoints()) declared.push_back(endpoint->operation);
  EXPECT_THAT(declared, UnorderedElementsAreArray(documented));
}

TEST(DocumentedStates, HaveTheirValuesAndKeepTheirTexts) {
  const std::vector<DocumentedStates> states = ReadDocumentedStates();
  EXPECT_FALSE(states.empty());
  for (const auto& [name, path, texts] : states) {
    Rpc rpc(name);
    ASSERT_TRUE(rpc.exists()) << name;
    for (const std::string& text : texts) {
      const std::vector<Leaf> leaves = rpc.Decode(Nest(path, absl::StrCat("\"", text, "\""), Lists::kArrays));
      EXPECT_TRUE(Shows(leaves, LastName(path), text)) << name << " " << text;
      const bool known = std::any_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) {
        const std::string plain =
            absl::AsciiStrToUpper(absl::StrReplaceAll(text, {{"LOGISTICS_", ""}, {"INTIATED", "INITIATED"}}));
        const bool of_status = absl::StrContains(leaf.text, "STATUS_");
        return leaf.kind == "state" && (of_status ? absl::EndsWith(leaf.text, absl::StrCat("STATUS_", plain))
                                                  : !absl::EndsWith(leaf.text, "_UNSPECIFIED"));
      });
      EXPECT_TRUE(known) << name << " does not know the state " << text;
    }
  }
}

}  // namespace
}  // namespace firstmile::testing
