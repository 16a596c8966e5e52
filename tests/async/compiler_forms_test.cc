// Forms of co_await that GCC 12.2 miscompiles, some into double frees. The project does not use them, but a
// compiler that fails here is not trusted with the forms that it does use.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "async/task.h"

namespace firstmile::async {
namespace {

// Counts its live copies, so that a double free or a leak changes the count.
class Counted {
 public:
  explicit Counted(std::string text) : text_(std::move(text)) { ++alive; }
  Counted(const Counted& other) : text_(other.text_) { ++alive; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --alive; }
  const std::string& text() const { return text_; }

  static inline int alive = 0;

 private:
  std::string text_;
};

struct Aggregate {
  Counted left;
  Counted right;
};

struct Result {
  Counted value;
  bool ok;
};

std::string Long(char c) {
  return std::string(64, c);
}

Task<Counted> Make(char c) {
  co_return Counted(Long(c));
}
Task<Result> MakeResult(char c, bool ok) {
  co_return Result{Counted(Long(c)), ok};
}
Task<std::string> Join(Aggregate pair) {
  co_return pair.left.text() + pair.right.text();
}

Task<void> InConditional(bool left, std::string* out) {
  *out = (left ? co_await Make('a') : co_await Make('b')).text();
}

Task<void> WithBracedAggregate(std::string* out) {
  *out = co_await Join(Aggregate{Counted(Long('a')), Counted(Long('b'))});
}

Task<void> InIfHead(std::string* out) {
  if ((co_await MakeResult('a', true)).ok) *out = "yes";
}

Task<void> InSwitchHead(std::string* out) {
  switch ((co_await Make('a')).text().size()) {
    case 64:
      *out = "long";
      break;
    default:
      *out = "short";
  }
}

Task<void> InBracedInitializer(std::string* out) {
  const Aggregate pair{co_await Make('a'), co_await Make('b')};
  *out = pair.left.text() + pair.right.text();
}

TEST(CompilerForms, AwaitInsideAConditionalExpression) {
  std::string out;
  Detach(InConditional(true, &out));
  EXPECT_EQ(out, Long('a'));
  Detach(InConditional(false, &out));
  EXPECT_EQ(out, Long('b'));
  EXPECT_EQ(Counted::alive, 0);
}

TEST(CompilerForms, AwaitOfACallWithABracedAggregate) {
  std::string out;
  Detach(WithBracedAggregate(&out));
  EXPECT_EQ(out, Long('a') + Long('b'));
  EXPECT_EQ(Counted::alive, 0);
}

TEST(CompilerForms, AwaitInTheHeadOfAnIfWithAMember) {
  std::string out;
  Detach(InIfHead(&out));
  EXPECT_EQ(out, "yes");
  EXPECT_EQ(Counted::alive, 0);
}

TEST(CompilerForms, AwaitInTheHeadOfASwitchWithAMember) {
  std::string out;
  Detach(InSwitchHead(&out));
  EXPECT_EQ(out, "long");
  EXPECT_EQ(Counted::alive, 0);
}

TEST(CompilerForms, AwaitInABracedInitializer) {
  std::string out;
  Detach(InBracedInitializer(&out));
  EXPECT_EQ(out, Long('a') + Long('b'));
  EXPECT_EQ(Counted::alive, 0);
}

}  // namespace
}  // namespace firstmile::async
