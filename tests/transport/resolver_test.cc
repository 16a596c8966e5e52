// Each name is looked up once for all waiting callers, off the loop; an old answer is better than none.
#include "transport/resolver.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "support/manual_clock.h"
#include "support/run_task.h"

namespace firstmile::transport {
namespace {

using ::firstmile::testing::RunOnLoop;
using ::firstmile::testing::Settle;
using ::firstmile::testing::StartOnLoop;

// Answers when the test tells it to.
class NameServer {
 public:
  Addresses Ask(const std::string& host) {
    std::unique_lock lock(mutex_);
    asked_.push_back(host);
    changed_.notify_all();
    changed_.wait(lock, [this] { return !answers_.empty(); });
    Addresses answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }
  void Answer(Addresses answer) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
    changed_.notify_all();
  }
  std::size_t AwaitQuestions(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_.size() >= count; });
    return asked_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Addresses> answers_;  // guarded by mutex_, as is the next
  std::vector<std::string> asked_;
};

class ResolverTest : public ::testing::Test {
 protected:
  ~ResolverTest() override {
    for (int i = 0; i < 4; ++i) server_->Answer({{}, "over"});  // for threads that still wait
    loop_.Stop();
  }
  std::future<Resolver::Answer> Find(std::stop_token stop = {}) {
    return StartOnLoop(loop_,
                       resolver_->Resolve("platform.test", clock_.Monotonic() + kTime, std::move(stop)));
  }
  async::Task<bool> MarkSuspect() {
    resolver_->MarkSuspect("platform.test");
    co_return true;
  }
  void Advance(absl::Duration time) {
    clock_.Advance(time);
    Settle(loop_);
  }
  // Waits until the loop has received `count` answers.
  void AwaitAnswers(std::size_t count) {
    while (resolver_->lookups_ended() < count) Settle(loop_);
  }
  static std::vector<std::string> FoundBy(std::future<Resolver::Answer>& answer) {
    const Resolver::Answer got = answer.get();
    EXPECT_EQ(got.end, Resolver::End::kAnswered);
    return got.addresses == nullptr ? std::vector<std::string>() : got.addresses->found;
  }

  static constexpr std::chrono::seconds kTime{3};
  const std::vector<std::string> first_ = {"192.0.2.1", "2001:db8::1"};
  const std::vector<std::string> second_ = {"192.0.2.2"};
  std::shared_ptr<NameServer> server_ = std::make_shared<NameServer>();
  ::firstmile::testing::ManualClock clock_;
  EventLoop loop_{clock_, "test"};
  std::optional<Resolver> resolver_{
      std::in_place, loop_, [server = server_](const std::string& host) { return server->Ask(host); }};
};

TEST_F(ResolverTest, ManyWaitingCallersMakeOneLookUp) {
  std::vector<std::future<Resolver::Answer>> answers;
  for (int i = 0; i < 100; ++i) answers.push_back(Find());
  server_->AwaitQuestions(1);
  server_->Answer({first_, ""});
  for (auto& answer : answers) EXPECT_EQ(FoundBy(answer), first_);
  auto later = Find();
  EXPECT_EQ(FoundBy(later), first_);
  EXPECT_EQ(server_->AwaitQuestions(1), 1U);
}

TEST_F(ResolverTest, AnOldAnswerServesUntilTheNextIsThere) {
  server_->Answer({first_, ""});
  auto first = Find();
  EXPECT_EQ(FoundBy(first), first_);
  Advance(absl::FromChrono(Resolver::kFresh));
  auto old = Find();
  EXPECT_EQ(FoundBy(old), first_) << "at once, while a look-up runs";
  server_->AwaitQuestions(2);
  server_->Answer({{}, "the name server is down"});
  AwaitAnswers(2);
  Advance(absl::FromChrono(Resolver::kFresh));
  auto again = Find();
  EXPECT_EQ(FoundBy(again), first_);
  server_->Answer({second_, ""});
  AwaitAnswers(3);
  auto next = Find();
  EXPECT_EQ(FoundBy(next), second_);
}

TEST_F(ResolverTest, AVeryOldAnswerIsUsedWhenTheNextTakesHalfOfTheTime) {
  server_->Answer({first_, ""});
  auto first = Find();
  EXPECT_EQ(FoundBy(first), first_);
  Advance(absl::FromChrono(Resolver::kOld));
  auto patient = Find();
  server_->AwaitQuestions(2);
  EXPECT_EQ(patient.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  Advance(absl::FromChrono(kTime) / 2);
  EXPECT_EQ(FoundBy(patient), first_);
  auto next = Find();
  server_->Answer({second_, ""});
  EXPECT_EQ(FoundBy(next), second_);
}

TEST_F(ResolverTest, ASuspectAnswerIsLookedUpAgainSoonAndNotAtEachFailure) {
  server_->Answer({first_, ""});
  auto first = Find();
  EXPECT_EQ(FoundBy(first), first_);
  RunOnLoop(loop_, MarkSuspect());
  auto at_once = Find();
  EXPECT_EQ(FoundBy(at_once), first_);
  EXPECT_EQ(server_->AwaitQuestions(1), 1U);
  Advance(absl::FromChrono(Resolver::kFreshSuspect));
  auto old = Find();
  EXPECT_EQ(FoundBy(old), first_) << "at once, while a look-up runs";
  server_->AwaitQuestions(2);
  server_->Answer({second_, ""});
  AwaitAnswers(2);
  auto next = Find();
  EXPECT_EQ(FoundBy(next), second_);
}

TEST_F(ResolverTest, AFailureReachesAllWaitingCallersAndIsNotCached) {
  auto first = Find();
  auto second = Find();
  server_->AwaitQuestions(1);
  server_->Answer({{}, "Name or service not known"});
  for (auto* waiting : {&first, &second}) {
    const Resolver::Answer answer = waiting->get();
    EXPECT_EQ(answer.end, Resolver::End::kAnswered);
    EXPECT_EQ(answer.addresses->failure, "Name or service not known");
  }
  auto next = Find();
  server_->Answer({first_, ""});
  EXPECT_EQ(FoundBy(next), first_);
}

TEST_F(ResolverTest, WhoWaitsHasADeadlineAndMayStop) {
  std::stop_source stop;
  auto late = Find();
  auto stopped = Find(stop.get_token());
  server_->AwaitQuestions(1);
  stop.request_stop();
  EXPECT_EQ(stopped.get().end, Resolver::End::kStopped);
  Advance(absl::FromChrono(kTime));
  EXPECT_EQ(late.get().end, Resolver::End::kLate);
}

TEST_F(ResolverTest, AThreadThatStillAsksOutlivesThem) {
  auto late = Find();
  server_->AwaitQuestions(1);
  Advance(absl::FromChrono(kTime));
  EXPECT_EQ(late.get().end, Resolver::End::kLate);
  loop_.Stop();
  resolver_.reset();
  server_->Answer({first_, ""});
}

TEST(SystemResolverTest, KnowThisMachineAndNoOther) {
  const Addresses local = Resolver::AskSystem("localhost");
  EXPECT_FALSE(local.found.empty()) << local.failure;
  const Addresses none = Resolver::AskSystem("nobody.invalid");
  EXPECT_TRUE(none.found.empty());
  EXPECT_FALSE(none.failure.empty());
}

}  // namespace
}  // namespace firstmile::transport
