// A test's own redis-server in its own folder. It ends with the test, even if the test crashes.
//
// Not thread-safe, except that a thread may use the server while another pauses or kills it. Needs hiredis.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "support/temp_folder.h"

namespace firstmile::testing {

class RedisServer {
 public:
  enum class Listen { kUnix, kTcp };

  // Starts with `arguments` after the fixture's own, such as {"--maxmemory", "4mb"}. It saves nothing to disk
  // unless they enable it.
  explicit RedisServer(std::vector<std::string> arguments = {}, Listen listen = Listen::kUnix);
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer() { Kill(); }

  const std::string& unix_path() const { return unix_path_; }
  int port() const { return port_; }  // 0 unless it listens on TCP at 127.0.0.1

  // Restarts it after Kill with the same addresses. Returns when it accepts connections.
  void Start();
  void Kill();

  // Keeps its connections and answers nothing until Resume. Both return when that is in effect.
  void Pause();
  void Resume();

  // The answer to an administrator's command as text: errors verbatim, lists separated by spaces.
  std::string Ask(const std::vector<std::string>& command) const;

 private:
  std::vector<std::string> CommandLine() const;
  void AwaitReady();

  const TempFolder folder_;
  const std::vector<std::string> arguments_;
  const std::string unix_path_ = folder_.File("redis.sock");
  int port_ = 0;
  pid_t process_ = 0;
  int output_ = -1;  // the server's log
};

}  // namespace firstmile::testing
