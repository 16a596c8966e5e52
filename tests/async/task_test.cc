#include "async/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "async/eager_task.h"

namespace firstmile::async {
namespace {

// Suspends until a test resumes it.
struct Gate {
  std::coroutine_handle<> waiting;

  auto operator co_await() {
    struct Awaiter {
      Gate& gate;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> coroutine) const { gate.waiting = coroutine; }
      void await_resume() const {}
    };
    return Awaiter{*this};
  }
};

Task<int> Number(int number) {
  co_return number;
}

Task<int> Sum(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    const int number = co_await Number(1);
    sum += number;
  }
  co_return sum;
}

Task<void> Store(int* result, Task<int> task) {
  *result = co_await std::move(task);
}

Task<std::string> WaitThen(Gate& gate, std::string text) {
  co_await gate;
  co_return text;
}

TEST(Task, RunsOnlyWhenItIsAwaited) {
  bool ran = false;
  auto note = [](bool& flag) -> Task<int> {
    flag = true;
    co_return 1;
  };
  {
    Task<int> dropped = note(ran);
  }
  EXPECT_FALSE(ran);
}

TEST(Task, GivesItsResultToTheOneThatAwaitsIt) {
  int result = 0;
  Detach(Store(&result, Number(7)));
  EXPECT_EQ(result, 7);
}

TEST(Task, AMillionAwaitsDoNotGrowTheStack) {
  int result = 0;
  Detach(Store(&result, Sum(1'000'000)));
  EXPECT_EQ(result, 1'000'000);
}

TEST(Task, CarriesTypesThatOnlyMove) {
  std::unique_ptr<int> result;
  auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
  auto store = [](std::unique_ptr<int>* to, Task<std::unique_ptr<int>> task) -> Task<void> {
    *to = co_await std::move(task);
  };
  Detach(store(&result, make()));
  ASSERT_NE(result, nullptr);
  EXPECT_EQ(*result, 3);
}

TEST(Task, FreesItsFrameAfterItsEnd) {
  auto witness = std::make_shared<int>(0);
  auto hold = [](std::shared_ptr<int> held) -> Task<void> {
    (void)held;
    co_return;
  };
  Detach(hold(witness));
  EXPECT_EQ(witness.use_count(), 1);
}

TEST(EagerTask, RunsBeforeItIsAwaitedAndGivesTheResultLater) {
  Gate gate;
  std::string result;
  auto body = [](Gate& first, std::string* to) -> Task<void> {
    EagerTask<std::string> started(WaitThen(first, "done"));
    EXPECT_TRUE(first.waiting);
    *to = co_await started;
  };
  Detach(body(gate, &result));
  EXPECT_EQ(result, "");
  gate.waiting.resume();
  EXPECT_EQ(result, "done");
}

TEST(EagerTask, TwoRunSideBySideAndEndInAnyOrder) {
  Gate first;
  Gate second;
  std::string result;
  auto body = [](Gate& a, Gate& b, std::string* to) -> Task<void> {
    EagerTask<std::string> left(WaitThen(a, "left"));
    EagerTask<std::string> right(WaitThen(b, "right"));
    *to = co_await left;
    *to += co_await right;
  };
  Detach(body(first, second, &result));
  second.waiting.resume();
  EXPECT_EQ(result, "");
  first.waiting.resume();
  EXPECT_EQ(result, "leftright");
}

}  // namespace
}  // namespace firstmile::async
