// One test for each story of stories.textproto and each operation that it is told of: the call goes through
// the real sidecar to the real emulator, which misbehaves as told. What the caller hears, what the platform
// sees and what it holds afterwards must be as the story says.
#include "faults/fault_matrix.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/message_differencer.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "emulator/world/world.h"
#include "firstmile/v1/common.pb.h"
#include "support/custody_fixture.h"

namespace firstmile::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kSecondsOfADay = 86400;
constexpr int kUtcOffset = 8 * 60 * 60;
constexpr int kDefaultDeadlineMs = 10000;
constexpr absl::Duration kAttemptTime = absl::Milliseconds(300);

int64_t Today() {
  return (absl::ToUnixSeconds(absl::Now()) + kUtcOffset) / kSecondsOfADay;
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string NameOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return "OK";
    case grpc::StatusCode::UNKNOWN:
      return "UNKNOWN";
    case grpc::StatusCode::INTERNAL:
      return "INTERNAL";
    case grpc::StatusCode::UNAVAILABLE:
      return "UNAVAILABLE";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case grpc::StatusCode::PERMISSION_DENIED:
      return "PERMISSION_DENIED";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    default:
      return std::to_string(code);
  }
}

// What the emulator holds, as far as writes change it.
struct Census {
  int bound_packages = 0;
  int numbers = 0;
  int bindings = 0;
};

// How a call ended, as its caller saw it.
struct Ending {
  std::string trailer(const std::string& key) const {
    const auto it = trailers.find(key);
    return it == trailers.end() ? "" : it->second;
  }

  grpc::Status status;
  std::unique_ptr<Message> response;
  std::map<std::string, std::string> trailers;
};

class Faults : public CustodyTest {
 public:
  explicit Faults(FaultCase told) : told_(std::move(told)) {}

  void SetUp() override {
    settings_.gateway.attempt_timeout_max = kAttemptTime;
    settings_.gateway.backoff_initial = absl::Milliseconds(1);
    settings_.gateway.backoff_max = absl::Milliseconds(2);
    settings_.flows.settle_pause = absl::Milliseconds(20);
    StartSidecar();
    LogIn(emulator::kFirstShopId);  // so that a token that ends can be replaced
  }

  void TestBody() override {
    std::unique_ptr<Message> undisturbed;
    if (!told_.is_write()) undisturbed = Undisturbed();
    const Census before = Count();
    const uint64_t seen_before = emulator_.RequestCount(told_.path());
    for (const faults::Fault& fault : told_.story.fault()) SetFault(fault);

    const int deadline_ms = told_.story.deadline_ms();
    const Ending ending = Call(deadline_ms > 0 ? deadline_ms : kDefaultDeadlineMs);

    CheckStatus(ending);
    CheckAttempts(ending, emulator_.RequestCount(told_.path()) - seen_before);
    CheckEffects(before, Count());
    if (!ending.status.ok()) return;
    if (undisturbed != nullptr) ExpectSame(*undisturbed, *ending.response);
    if (told_.is_write()) CheckResponse(*ending.response);
  }

 private:
  const faults::Expectation& expected() const { return told_.story.expect(); }
  // The sidecar's own words do not reach a caller whose time is over.
  bool caller_gave_up() const { return expected().code() == "DEADLINE_EXCEEDED"; }

  void SetFault(const faults::Fault& fault) {
    const absl::StatusOr<emulator::Fault> made = ToEmulator(fault, told_.path());
    ASSERT_TRUE(made.ok()) << made.status().message();
    emulator_.SetFault(*made);
  }

  Ending Call(int deadline_ms) {
    Ending ending;
    const std::unique_ptr<Message> request = NewMessage(told_.method->input_type());
    EXPECT_TRUE(told_.operation.request().UnpackTo(request.get())) << "a request of another operation";
    ending.response = NewMessage(told_.method->output_type());
    grpc::TemplatedGenericStub<Message, Message> stub(channel_);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(deadline_ms));
    const std::string method =
        absl::StrCat("/", told_.method->service()->full_name(), "/", told_.method->name());
    std::promise<grpc::Status> ended;
    stub.UnaryCall(&context, method, {}, request.get(), ending.response.get(),
                   [&ended](grpc::Status status) { ended.set_value(std::move(status)); });
    ending.status = ended.get_future().get();
    for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
      ending.trailers.emplace(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
    }
    return ending;
  }

  std::unique_ptr<Message> Undisturbed() {
    Ending ending = Call(kDefaultDeadlineMs);
    EXPECT_TRUE(ending.status.ok()) << "without a fault: " << ending.status.error_message();
    return std::move(ending.response);
  }

  Census Count() {
    Census census;
    emulator_.WithWorld([&census](emulator::World& world) {
      for (emulator::Row row = 0; row < world.package_count(); ++row) {
        if (world.package(row).holder != emulator::kNoRow) ++census.bound_packages;
      }
      for (emulator::Row row = 0; row < world.number_count(); ++row) {
        ++(world.number(row).binding_id.empty() ? census.numbers : census.bindings);
      }
    });
    return census;
  }

  void CheckStatus(const Ending& ending) {
    EXPECT_EQ(NameOf(ending.status.error_code()), expected().code()) << ending.status.error_message();
    if (caller_gave_up()) return;
    EXPECT_EQ(ReasonOf(ending.status), expected().reason()) << ending.status.error_message();
    const google::rpc::ErrorInfo info = ErrorInfoOf(DetailsOf(ending.status));
    for (const std::string& key : expected().metadata()) {
      EXPECT_TRUE(info.metadata().contains(key)) << key << " is missing in " << info.ShortDebugString();
    }
  }

  void CheckAttempts(const Ending& ending, uint64_t seen) {
    EXPECT_EQ(seen, static_cast<uint64_t>(expected().attempts() + expected().silent_repeats()))
        << "requests at the platform";
    if (caller_gave_up()) return;
    EXPECT_EQ(ending.trailer("firstmile-attempts"), std::to_string(expected().attempts()));
    EXPECT_EQ(ending.trailer("firstmile-read-back"), expected().read_back());
    int64_t waited = -1;
    EXPECT_TRUE(absl::SimpleAtoi(ending.trailer("firstmile-wait-ms"), &waited) && waited >= 0)
        << ending.trailer("firstmile-wait-ms");
  }

  void CheckEffects(const Census& before, const Census& after) {
    const faults::Change& once = told_.operation.change();
    const int effects = told_.is_write() ? expected().effects() : 0;
    EXPECT_EQ(after.bound_packages - before.bound_packages, effects * once.bound_packages());
    EXPECT_EQ(after.numbers - before.numbers, effects * once.numbers());
    EXPECT_EQ(after.bindings - before.bindings, effects * once.bindings());
  }

  static void ExpectSame(const Message& undisturbed, const Message& response) {
    google::protobuf::util::MessageDifferencer differencer;
    std::string difference;
    differencer.ReportDifferencesToString(&difference);
    const FieldDescriptor* request_id = response.GetDescriptor()->FindFieldByName("request_id");
    if (request_id != nullptr) differencer.IgnoreField(request_id);
    EXPECT_TRUE(differencer.Compare(undisturbed, response)) << difference;
  }

  // What a write that succeeded must tell, also when its answer was lost.
  void CheckResponse(const Message& response) {
    for (const char* name : {"binding_id", "first_mile_tracking_number", "first_mile_tracking_number_list"}) {
      const FieldDescriptor* field = response.GetDescriptor()->FindFieldByName(name);
      if (field == nullptr) continue;
      const Reflection& reflection = *response.GetReflection();
      const bool told = field->is_repeated() ? reflection.FieldSize(response, field) > 0
                                             : !reflection.GetString(response, field).empty();
      EXPECT_TRUE(told) << name << " is empty";
    }
    CheckOutcomes(response);
  }

  void CheckOutcomes(const Message& response) {
    const FieldDescriptor* outcomes = response.GetDescriptor()->FindFieldByName("outcomes");
    if (outcomes == nullptr) return;
    const Reflection& reflection = *response.GetReflection();
    const int size = reflection.FieldSize(response, outcomes);
    if (expected().outcomes_size() > 0) EXPECT_EQ(size, expected().outcomes_size());
    EXPECT_GT(size, 0);
    for (int i = 0; i < size; ++i) {
      const auto& outcome =
          static_cast<const v1::OrderOutcome&>(reflection.GetRepeatedMessage(response, outcomes, i));
      const bool given = i < expected().outcomes_size();
      EXPECT_EQ(v1::OutcomeState_Name(outcome.state()),
                "OUTCOME_STATE_" + (given ? expected().outcomes(i) : std::string("SUCCEEDED")))
          << "of order " << outcome.order_sn();
    }
  }

  const FaultCase told_;
};

// The files decide which tests there are, so a mistake in them ends the program.
int RegisterCases() {
  const auto cases = ReadFaultCases(FIRSTMILE_FAULTS_DIR, Today());
  if (!cases.ok()) {
    std::cerr << cases.status().message() << '\n';
    return 1;
  }
  for (const FaultCase& told : *cases) {
    ::testing::RegisterTest("Faults", told.Name().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [told]() -> Faults* { return new Faults(told); });
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
