// One test for each folder tests/golden/<Service>/<Rpc>/<case>: a request of the contract, the HTTP request
// sent, and the caller's result. Everything is real except the time and the transport. See README.md in this
// folder.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "contract/services.h"
#include "endpoints/endpoint_table.h"
#include "errors/status.h"
#include "gateway/gateway.h"
#include "golden/golden_files.h"
#include "support/fixed_tokens.h"
#include "support/run_task.h"
#include "support/scripted_transport.h"

namespace firstmile::testing {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// The timestamp of Shopee's published signature example.
constexpr std::int64_t kTimestamp = 1655714431;
constexpr std::int64_t kPartnerId = 2001887;
constexpr std::int64_t kShopId = 14701711;
constexpr std::int64_t kMerchantId = 1000000;  // from the published example for merchants
constexpr char kDemoKey[] = "57615053704d6470644f554a78656d50484143644964436a5568777544524579";
constexpr char kToken[] = "59777174636562737266615546704c6d";
constexpr char kBaseUrl[] = "https://upstream.test";

class FixedClock final : public transport::Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(kTimestamp); }
  transport::MonotonicTime Monotonic() const override {
    return transport::MonotonicTime() + std::chrono::hours(1);
  }
};

const endpoints::EndpointTable& Table() {
  static const absl::StatusOr<endpoints::EndpointTable> table =
      endpoints::EndpointTable::Build(ContractServices());
  return table.value();
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// A case's results, as the texts of its files.
struct Outcome {
  std::optional<std::string> wire_request;
  std::optional<std::string> response;
  std::optional<std::string> status;
};

class Golden : public ::testing::Test {
 public:
  explicit Golden(GoldenCase golden) : golden_(std::move(golden)) {}
  ~Golden() override { loop_.Stop(); }

  void TestBody() override {
    const MethodDescriptor* method = Method();
    ASSERT_NE(method, nullptr) << golden_.service() << " has no unary rpc " << golden_.rpc();
    const std::unique_ptr<Message> request = NewMessage(method->input_type());
    ASSERT_TRUE(ParseMessage(golden_.Read("request.textproto").value_or("?"), request.get()));
    const Outcome outcome = Play(*method, *request);
    if (std::getenv("UPDATE_GOLDENS") != nullptr) return Update(outcome);
    EXPECT_EQ(golden_.Read("wire_request.txt").value_or("nothing is sent"),
              outcome.wire_request.value_or("nothing is sent"));
    EXPECT_EQ(golden_.Answer().has_value(), outcome.wire_request.has_value()) << "an answer for each request";
    EXPECT_EQ(Expected("response.textproto", method->output_type()), outcome.response.value_or("none"));
    EXPECT_EQ(Expected("status.textproto", google::rpc::Status::descriptor()),
              outcome.status.value_or("none"));
  }

 private:
  const MethodDescriptor* Method() const {
    for (const MethodDescriptor* method : UnaryMethods()) {
      if (method->service()->name() == golden_.service() && method->name() == golden_.rpc()) return method;
    }
    return nullptr;
  }

  // Like rpc/UnaryCall: the contract's checks first, then the gateway.
  Outcome Play(const MethodDescriptor& method, const Message& request) {
    const endpoints::Endpoint& endpoint = *Table().FindByRequest(request.GetDescriptor());
    const std::vector<errors::Violation> violations = endpoint.rules.Check(request);
    if (!violations.empty()) {
      return {.wire_request = {},
              .response = {},
              .status = MessageText(errors::InvalidRequest(violations, endpoint.operation))};
    }
    const std::unique_ptr<Message> response = NewMessage(method.output_type());
    const google::rpc::Status status = Call(endpoint, request, response.get());
    Outcome outcome;
    outcome.wire_request = Sent();
    (status.code() == 0 ? outcome.response : outcome.status) =
        status.code() == 0 ? MessageText(*response) : MessageText(status);
    return outcome;
  }

  google::rpc::Status Call(const endpoints::Endpoint& endpoint, const Message& request, Message* response) {
    const std::optional<transport::HttpResponse> answer = golden_.Answer();
    transport_.Then(answer.has_value() ? Answer(answer->body, answer->status, answer->content_type)
                                       : Failure(transport::HttpFailure::kNotSent));
    gateway::Gateway gateway({.base_url = kBaseUrl, .attempts_max = 1},
                             {loop_, transport_, tokens_, signer_, limits_, metrics_, answer_threads_});
    return RunOnLoop(loop_, gateway.Call(endpoint, request, response, {})).status;
  }

  std::optional<std::string> Sent() const {
    if (transport_.requests.empty()) return std::nullopt;
    if (transport_.requests.size() > 1) return absl::StrCat(transport_.requests.size(), " requests");
    return WireText(transport_.requests.front(), kBaseUrl);
  }

  // In the printer's format, so that comments and layout of the file do not matter.
  std::string Expected(const std::string& file, const google::protobuf::Descriptor* type) const {
    const std::optional<std::string> text = golden_.Read(file);
    if (!text.has_value()) return "none";
    const std::unique_ptr<Message> message = NewMessage(type);
    return ParseMessage(*text, message.get()) ? MessageText(*message) : absl::StrCat(file, " is unreadable");
  }

  void Update(const Outcome& outcome) const {
    golden_.Update("wire_request.txt", outcome.wire_request);
    golden_.Update("response.textproto", outcome.response);
    golden_.Update("status.textproto", outcome.status);
  }

  const GoldenCase golden_;
  const FixedClock clock_;
  transport::EventLoop loop_{clock_, "golden"};
  ScriptedTransport transport_{loop_};
  FixedTokens tokens_{{{tokens::Shop(kShopId), secrets::Secret(std::string(kToken))},
                       {tokens::Merchant(kMerchantId), secrets::Secret(std::string(kToken))}}};
  limits::UpstreamLimits limits_{{}, loop_};
  ops::Metrics metrics_;
  transport::BlockingThreads answer_threads_{1};
  const signing::Signer signer_{kPartnerId, secrets::Secret(std::string(kDemoKey))};
};

void RegisterCases() {
  for (const GoldenCase& golden : GoldenCase::FindAll(FIRSTMILE_GOLDEN_DIR)) {
    const std::string suite = absl::StrCat("Golden/", golden.service(), ".", golden.rpc());
    ::testing::RegisterTest(suite.c_str(), golden.name().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [golden]() -> Golden* { return new Golden(golden); });
  }
}

}  // namespace
}  // namespace firstmile::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  firstmile::testing::RegisterCases();
  return RUN_ALL_TESTS();
}
