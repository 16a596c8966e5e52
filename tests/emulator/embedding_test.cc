// How a C++ test uses the emulator; README.md shows these lines.
#include <gtest/gtest.h>

#include <string>

#include "client.h"
#include "emulator/emulator.h"

namespace emulator_test {
namespace {

// Stands for the client under test, which has a configurable base URL.
class ClientUnderTest {
 public:
  void SetBaseUrl(const std::string& url) { url_ = url; }
  const std::string& base_url() const { return url_; }

 private:
  std::string url_;
};

TEST(Embedding, AnEmulatorListensOnceItIsConstructed) {
  ClientUnderTest client;
  emulator::Emulator emulator({.extra_shops = 2});  // listens on a free port of 127.0.0.1
  client.SetBaseUrl(emulator.base_url());
  EXPECT_EQ(client.base_url(), "http://127.0.0.1:" + std::to_string(emulator.port()));
  Connection connection(emulator.port());
  connection.SendRaw("GET /_emulator/ui HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_EQ(connection.Read().status, 200);
}

}  // namespace
}  // namespace emulator_test
