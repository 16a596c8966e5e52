// A suite for each operation, and a test for each story of stories.textproto about it: the call goes through
// the real sidecar to the real emulator, which injects the fault. The caller's result, Shopee's requests and
// its final state must be as in the story.
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
#include "support/token_fixture.h"

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
    case grpc::StatusCode::INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    case grpc::StatusCode::FAILED_PRECONDITION:
      return "FAILED_PRECONDITION";
    case grpc::StatusCode::INTERNAL:
      return "INTERNAL";
    case grpc::StatusCode::UNAVAILABLE:
      return "UNAVAILABLE";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case grpc::StatusCode::PERMISSION_DENIED:
      return "PERMISSION_DENIED";
    case grpc::StatusCode::UNAUTHENTICATED:
      return "UNAUTHENTICATED";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    default:
      return std::to_string(code);
  }
}

// The emulator's state, as far as writes change it.
struct Census {
  int bound_packages = 0;
  int numbers = 0;
  int bindings = 0;
  int packages = 0;
  int cancelled_orders = 0;
  int ready_packages = 0;
  int picked_up_packages = 0;
  int failed_pickups = 0;
  int documents = 0;
  int document_jobs = 0;
  int shipped_bookings = 0;
};

void CountDocuments(emulator::World& world, Census& census) {
  for (emulator::Row row = 0; row < world.package_count(); ++row) {
    if (world.lifecycle().DocumentOf(row) != nullptr) ++census.documents;
  }
  for (emulator::Row row = 0; row < world.booking_count(); ++row) {
    if (world.booking(row).document) ++census.documents;
    if (world.booking(row).status != emulator::BookingStatus::kReadyToShip) ++census.shipped_bookings;
  }
  census.document_jobs = static_cast<int>(world.document_jobs().size());
}

// The result of a call from the caller's view.
struct Ending {
  std::string trailer(const std::string& key) const {
    const auto it = trailers.find(key);
    return it == trailers.end() ? "" : it->second;
  }

  grpc::Status status;
  std::unique_ptr<Message> response;
  std::map<std::string, std::string> trailers;
};

// Calls about pushes need a callback; nothing listens there.
emulator::Options OptionsFor(const FaultCase& told) {
  emulator::Options options;
  if (told.method->service()->name() == "PlatformPushService") options.push_url = "http://127.0.0.1:9/";
  return options;
}

class Faults : public StoredTokensTest {
 public:
  explicit Faults(FaultCase told) : StoredTokensTest(OptionsFor(told)), told_(std::move(told)) {}

  void SetUp() override {
    settings_.gateway.attempt_timeout_max = kAttemptTime;
    settings_.gateway.backoff_initial = absl::Milliseconds(1);
    settings_.gateway.backoff_max = absl::Milliseconds(2);
    settings_.read_back.read_back_delay = absl::Milliseconds(20);
    StartSidecar();
    LogIn(emulator::kFirstShopId);  // so that an expired token can be refreshed
    if (told_.method->service()->name() == "MerchantService") LogInMainAccount(500001);
    if (told_.method->service()->name() == "PlatformPushService")
      emulator_.LosePush(3, emulator::kFirstShopId);
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
  // The sidecar's own error does not reach a caller whose deadline is over.
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
        const emulator::LogisticsStatus status = world.package(row).logistics_status;
        if (status == emulator::LogisticsStatus::kReady) ++census.ready_packages;
        if (status == emulator::LogisticsStatus::kPickupDone) ++census.picked_up_packages;
        if (status == emulator::LogisticsStatus::kPickupRetry) ++census.failed_pickups;
      }
      for (emulator::Row row = 0; row < world.number_count(); ++row) {
        ++(world.number(row).binding_id.empty() ? census.numbers : census.bindings);
      }
      CountDocuments(world, census);
      for (emulator::Row row = 0; row < world.order_count(); ++row) {
        census.packages += static_cast<int>(world.order(row).packages.size());
        if (world.order(row).status == emulator::OrderStatus::kCancelled) ++census.cancelled_orders;
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
        << "requests at Shopee";
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
    EXPECT_EQ(after.packages - before.packages, effects * once.packages());
    EXPECT_EQ(after.cancelled_orders - before.cancelled_orders, effects * once.cancelled_orders());
    EXPECT_EQ(after.picked_up_packages - before.picked_up_packages, effects * once.picked_up_packages());
    EXPECT_EQ(after.failed_pickups - before.failed_pickups, effects * once.failed_pickups());
    EXPECT_EQ(after.documents - before.documents, effects * once.documents());
    EXPECT_EQ(after.document_jobs - before.document_jobs, effects * once.document_jobs());
    EXPECT_EQ(after.shipped_bookings - before.shipped_bookings, effects * once.shipped_bookings());
    // Splitting and cancelling an order change this number, too.
    if (once.ready_packages() == 0) return;
    EXPECT_EQ(after.ready_packages - before.ready_packages, effects * once.ready_packages());
  }

  static void ExpectSame(const Message& undisturbed, const Message& response) {
    google::protobuf::util::MessageDifferencer differencer;
    std::string difference;
    differencer.ReportDifferencesToString(&difference);
    differencer.IgnoreField(v1::ResponseHeader::descriptor()->FindFieldByName("request_id"));
    EXPECT_TRUE(differencer.Compare(undisturbed, response)) << difference;
  }

  // What a successful write must return, even when its answer was lost.
  void CheckResponse(const Message& response) {
    CheckOutcomes(response);
    if (expected().effects() == 0) return;
    for (const char* name : {"binding_id", "first_mile_tracking_number", "first_mile_tracking_number_list"}) {
      const FieldDescriptor* field = response.GetDescriptor()->FindFieldByName(name);
      if (field == nullptr) continue;
      const Reflection& reflection = *response.GetReflection();
      const bool told = field->is_repeated() ? reflection.FieldSize(response, field) > 0
                                             : !reflection.GetString(response, field).empty();
      EXPECT_TRUE(told) << name << " is empty";
    }
  }

  void CheckOutcomes(const Message& response) {
    const FieldDescriptor* outcomes = response.GetDescriptor()->FindFieldByName("outcomes");
    if (outcomes == nullptr) return;
    const Reflection& reflection = *response.GetReflection();
    const int size = reflection.FieldSize(response, outcomes);
    if (expected().outcomes_size() > 0) EXPECT_EQ(size, expected().outcomes_size());
    EXPECT_GT(size, 0);
    for (int i = 0; i < size; ++i) {
      const Message& outcome = reflection.GetRepeatedMessage(response, outcomes, i);
      const int state =
          outcome.GetReflection()->GetEnumValue(outcome, outcome.GetDescriptor()->FindFieldByName("state"));
      EXPECT_EQ(v1::OutcomeState_Name(state), "OUTCOME_STATE_" + ExpectedOutcome(i))
          << outcome.ShortDebugString();
    }
  }

  std::string ExpectedOutcome(int i) const {
    if (i < expected().outcomes_size()) return expected().outcomes(i);
    return expected().every_outcome().empty() ? "SUCCEEDED" : expected().every_outcome();
  }

  const FaultCase told_;
};

// The files define the tests, so a mistake in them ends the program.
int RegisterCases() {
  const auto cases = ReadFaultCases(FIRSTMILE_FAULTS_DIR, Today());
  if (!cases.ok()) {
    std::cerr << cases.status().message() << '\n';
    return 1;
  }
  for (const FaultCase& told : *cases) {
    ::testing::RegisterTest(told.Suite().c_str(), told.story.name().c_str(), nullptr, nullptr, __FILE__,
                            __LINE__, [told]() -> Faults* { return new Faults(told); });
  }
  return 0;
}

}  // namespace
}  // namespace firstmile::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  const int wrong = firstmile::testing::RegisterCases();
  if (wrong != 0) return wrong;
  const int failed = RUN_ALL_TESTS();
  const bool none = ::testing::UnitTest::GetInstance()->test_to_run_count() == 0;  // a suite's name is wrong
  return none ? 1 : failed;
}
