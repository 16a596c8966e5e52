// A real redis-server of one test, in a folder of its own. It ends with the test, also when that crashes.
//
// Not thread-safe, but a thread may use the server while another one pauses or kills it. Needs hiredis.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "support/temp_folder.h"

namespace firstmile::testing {

class RedisServer {
 public:
  enum class Listen { kUnix, kTcp };

  // Starts with `arguments` behind those of the fixture: {"--maxmemory", "4mb"}. It keeps nothing on disk
  // unless they say so.
  explicit RedisServer(std::vector<std::string> arguments = {}, Listen listen = Listen::kUnix);
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer() { Kill(); }

  const std::string& unix_path() const { return unix_path_; }
  int port() const { return port_; }  // 0 unless it listens on TCP, at 127.0.0.1

  // Starts it again after Kill, with the same addresses. Returns when it takes connections.
  void Start();
  void Kill();

  // It keeps its connections and answers nothing, until Resume. Both return when that is so.
  void Pause();
  void Resume();

  // The answer to an administrator's command, as text: errors as they are, lists with a space between.
  std::string Ask(const std::vector<std::string>& command) const;

 private:
  std::vector<std::string> CommandLine() const;
  void AwaitReady();

  const TempFolder folder_;
  const std::vector<std::string> arguments_;
  const std::string unix_path_ = folder_.File("redis.sock");
  int port_ = 0;
  pid_t process_ = 0;
  int output_ = -1;  // what the server logs
};

}  // namespace firstmile::testing
