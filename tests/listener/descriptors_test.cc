// A process without free descriptors still answers its callers, at least by closing, and reports it
// (CVE-2023-4785).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>

#include "absl/strings/match.h"
#include "listener/caller.h"

namespace firstmile::listener {
namespace {

constexpr rlim_t kDescriptors = 64;

class DescriptorsTest : public AcceptorTest {
 protected:
  void TakeAllDescriptors() {
    for (;;) {
      Descriptor taken(open("/dev/null", O_RDONLY | O_CLOEXEC));
      if (taken.get() < 0) return;
      fillers_.push_back(std::move(taken));
    }
  }
  // Callers need descriptors of this process too, so they are opened in advance.
  std::vector<Descriptor> NewSockets(int count) {
    std::vector<Descriptor> sockets;
    for (int i = 0; i < count; ++i) sockets.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return sockets;
  }
  bool Connect(const Descriptor& socket) const {
    return connect(socket.get(), &address_.get(), address_.length) == 0;
  }
  static bool IsClosed(const Descriptor& socket) {
    pollfd wait{socket.get(), POLLIN, 0};
    char byte = 0;
    return poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) == 1 &&
           recv(socket.get(), &byte, 1, MSG_DONTWAIT) <= 0;
  }
  void RunOutAndRecover();

  std::vector<Descriptor> fillers_;
};

void DescriptorsTest::RunOutAndRecover() {
  const rlimit few{kDescriptors, kDescriptors};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  Listen("127.0.0.1:0");
  // UndefinedBehaviorSanitizer needs a descriptor the first time it sees a type.
  ASSERT_TRUE(acceptor_->Probe(kProbeTime).ok());
  const std::vector<Descriptor> callers = NewSockets(4);
  TakeAllDescriptors();

  ASSERT_TRUE(Connect(callers[0]));
  EXPECT_TRUE(IsClosed(callers[0]));
  EXPECT_TRUE(Await([this] { return refused_ == std::vector(1, Refusal::kNoDescriptor); }));
  const absl::Status exhausted = acceptor_->Probe(kProbeTime);  // no matcher: see above
  EXPECT_TRUE(absl::StrContains(exhausted.message(), "Too many open files")) << exhausted.message();

  fillers_.pop_back();  // one is not enough: a connection takes two
  ASSERT_TRUE(Connect(callers[1]));
  EXPECT_TRUE(IsClosed(callers[1]));
  EXPECT_TRUE(Await([this] { return refused_ == std::vector(2, Refusal::kNoDescriptor); }));
  TakeAllDescriptors();

  fillers_.clear();
  ASSERT_TRUE(Connect(callers[2]));
  EXPECT_TRUE(AwaitOpen(1));
  const absl::Status accepts = acceptor_->Probe(kProbeTime);
  EXPECT_TRUE(accepts.ok()) << accepts.message();
}

TEST_F(DescriptorsTest, WithoutDescriptorsConnectionsAreClosedAndTheNextOnesAreTaken) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // the limit applies to the child process only
  EXPECT_EXIT(
      {
        RunOutAndRecover();
        std::exit(HasFailure() ? EXIT_FAILURE : EXIT_SUCCESS);
      },
      ::testing::ExitedWithCode(EXIT_SUCCESS), "");
}

}  // namespace
}  // namespace firstmile::listener
