// One test for each case of this folder's files: the call goes through the real sidecar to the real emulator,
// which repeats an answer seen in production.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "emulator/control/fault_json.h"
#include "field_cases/field_case.h"
#include "firstmile/mapping/options.pb.h"
#include "support/token_fixture.h"

namespace firstmile::testing {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr auto kDeadline = std::chrono::seconds(20);
constexpr auto kClockAhead = std::chrono::minutes(15);

const MethodDescriptor* FindMethod(const std::string& call) {
  const std::vector<std::string> names = absl::StrSplit(call, '/');
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      absl::StrCat("firstmile.v1.", names.front()));
  return service == nullptr || names.size() != 2 ? nullptr : service->FindMethodByName(names.back());
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

boost::json::value JsonOf(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &text, options).ok());
  return boost::json::parse(text);
}

struct Ending {
  grpc::Status status;
  std::string read_back;
  std::unique_ptr<Message> response;
};

class FieldCases : public StoredTokensTest {
 public:
  explicit FieldCases(FieldCase told) : told_(std::move(told)), method_(FindMethod(told_.call)) {}

  void SetUp() override {
    ASSERT_NE(method_, nullptr) << "there is no rpc " << told_.call;
    settings_.gateway.backoff_initial = absl::Milliseconds(1);
    settings_.gateway.backoff_max = absl::Milliseconds(2);
    settings_.read_back.read_back_delay = absl::Milliseconds(20);
    StartSidecar();
    for (const std::string& step : told_.first) Prepare(step);
  }

  void TestBody() override {
    for (const boost::json::object& answer : told_.answers) SetFault(answer);
    const std::string path = AnsweredPath();
    for (int i = 0; i < told_.repeats; ++i) {
      const std::uint64_t before = emulator_.RequestCount(path);
      const Ending ending = Call();
      CheckStatus(ending);
      if (told_.expect.requests.has_value()) {
        EXPECT_EQ(emulator_.RequestCount(path) - before, static_cast<std::uint64_t>(*told_.expect.requests));
      }
      if (told_.expect.read_back.has_value()) EXPECT_EQ(ending.read_back, *told_.expect.read_back);
      if (ending.status.ok()) CheckResponse(*ending.response);
    }
  }

 private:
  void Prepare(const std::string& step) {
    if (step == "log_in") {
      LogIn(emulator::kFirstShopId);
    } else if (step == "access_tokens_end") {
      EndAccessTokens();
    } else if (step == "clock_ahead") {
      emulator_.AdvanceClock(kClockAhead);
    } else {
      ADD_FAILURE() << "unknown step " << step;
    }
  }

  std::string OwnPath() const {
    const mapping::UpstreamCall& call = method_->options().GetExtension(mapping::upstream);
    return call.has_get() ? call.get() : call.post();
  }
  std::string AnsweredPath() const {
    const boost::json::value* path = told_.answers.front().if_contains("path");
    return path == nullptr ? OwnPath() : std::string(path->as_string());
  }

  void SetFault(boost::json::object answer) {
    if (!answer.contains("path")) answer["path"] = OwnPath();
    if (!answer.contains("preset") && !answer.contains("action")) {
      answer["action"] = "answer";
      if (!answer.contains("status")) answer["status"] = 200;
    }
    emulator::Fault fault;
    ASSERT_EQ(emulator::control::ParseFault(answer, fault), "");
    emulator_.SetFault(fault);
  }

  std::string RequestText() {
    std::string text = boost::json::serialize(told_.request);
    if (!absl::StrContains(text, "{code}")) return text;
    return absl::StrReplaceAll(text, {{"{code}", emulator_.AuthorizeShop(emulator::kFirstShopId)}});
  }

  Ending Call() {
    Ending ending;
    const std::unique_ptr<Message> request = NewMessage(method_->input_type());
    const auto parsed = google::protobuf::util::JsonStringToMessage(RequestText(), request.get());
    EXPECT_TRUE(parsed.ok()) << parsed.ToString();
    ending.response = NewMessage(method_->output_type());
    grpc::TemplatedGenericStub<Message, Message> stub(channel_);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kDeadline);
    std::promise<grpc::Status> ended;
    stub.UnaryCall(&context, absl::StrCat("/", method_->service()->full_name(), "/", method_->name()), {},
                   request.get(), ending.response.get(),
                   [&ended](grpc::Status status) { ended.set_value(std::move(status)); });
    ending.status = ended.get_future().get();
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto found = trailers.find("firstmile-read-back");
    if (found != trailers.end()) ending.read_back = std::string(found->second.data(), found->second.size());
    return ending;
  }

  void CheckStatus(const Ending& ending) {
    const FieldExpectation& expect = told_.expect;
    const std::string& message = ending.status.error_message();
    if (expect.reasons.empty()) {
      EXPECT_TRUE(ending.status.ok()) << ReasonOf(ending.status) << ": " << message;
      return;
    }
    ASSERT_FALSE(ending.status.ok()) << "expected " << expect.reasons.front();
    const google::rpc::ErrorInfo info = ErrorInfoOf(DetailsOf(ending.status));
    EXPECT_THAT(expect.reasons, ::testing::Contains(info.reason())) << message;
    for (const std::string& words : expect.message_has) EXPECT_THAT(message, ::testing::HasSubstr(words));
    for (const std::string& words : expect.message_lacks) {
      EXPECT_THAT(message, ::testing::Not(::testing::HasSubstr(words)));
    }
    const boost::json::value metadata = JsonOf(info).at("metadata");
    EXPECT_TRUE(Contains(metadata, expect.metadata)) << boost::json::serialize(metadata);
  }

  void CheckResponse(const Message& response) {
    const boost::json::value have = JsonOf(response);
    EXPECT_TRUE(Contains(have, told_.expect.response)) << boost::json::serialize(have);
  }

  FieldCase told_;
  const MethodDescriptor* method_;
};

// The files define the tests, so a mistake in them ends the program.
int RegisterCases() {
  const auto files = ReadFieldCases(FIRSTMILE_FIELD_CASES_DIR);
  if (!files.ok()) {
    std::cerr << files.status().message() << '\n';
    return 1;
  }
  for (const FieldCaseFile& file : *files) {
    for (const FieldCase& told : file.cases) {
      ::testing::RegisterTest(absl::StrCat("field_cases_", file.kind).c_str(), told.name.c_str(), nullptr,
                              nullptr, __FILE__, __LINE__,
                              [told]() -> FieldCases* { return new FieldCases(told); });
    }
  }
  return 0;
}

}  // namespace
}  // namespace firstmile::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  const int wrong = firstmile::testing::RegisterCases();
  return wrong != 0 ? wrong : RUN_ALL_TESTS();
}
