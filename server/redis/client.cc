#include "redis/client.h"

#include "absl/strings/str_cat.h"

namespace firstmile::redis {

absl::Status Client::Connect() {
  const std::lock_guard lock(mutex_);
  return Reconnect(NewDeadline());
}

absl::StatusOr<Reply> Client::Ask(Effect effect, const Script* script, const Arguments& arguments) {
  const Deadline deadline = NewDeadline();
  const std::unique_lock lock(mutex_, deadline);
  if (!lock.owns_lock()) {
    return absl::UnavailableError(
        absl::StrCat("redis at ", address_, " is too slow for all calls that wait for it"));
  }
  const bool connected = connection_ != nullptr;
  absl::StatusOr<Reply> reply = Attempt(script, arguments, deadline);
  const bool broke = !reply.ok() && connected && connection_ == nullptr;
  if (effect == Effect::kRead && broke && absl::IsUnavailable(reply.status())) {
    reply = Attempt(script, arguments, deadline);
  }
  return reply;
}

absl::Status Client::Reconnect(Deadline deadline) {
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Connect(options_, deadline);
  if (!connection.ok()) return connection.status();
  connection_ = *std::move(connection);
  return absl::OkStatus();
}

absl::StatusOr<Reply> Client::Attempt(const Script* script, const Arguments& arguments, Deadline deadline) {
  if (connection_ != nullptr && !connection_->Usable()) connection_ = nullptr;
  if (connection_ == nullptr) {
    if (absl::Status connected = Reconnect(deadline); !connected.ok()) return connected;
  }
  absl::StatusOr<Reply> reply =
      script == nullptr ? connection_->Call(arguments, deadline) : Run(*script, arguments, deadline);
  if (!reply.ok()) {
    connection_ = nullptr;  // its next answer would belong to an earlier command
    return reply;
  }
  if ((*reply)->type != REDIS_REPLY_ERROR) return reply;
  absl::Status error = ErrorOf(TextOf(**reply), address_);
  if (absl::IsPermissionDenied(error)) connection_ = nullptr;  // the name may point to a new primary by now
  return error;
}

// Redis keeps known scripts until it restarts. If it reports one as unknown, it has not run it.
absl::StatusOr<Reply> Client::Run(const Script& script, const Arguments& arguments, Deadline deadline) {
  Arguments command = {"EVALSHA", script.digest};
  command.insert(command.end(), arguments.begin(), arguments.end());
  absl::StatusOr<Reply> reply = connection_->Call(command, deadline);
  if (!reply.ok() || (*reply)->type != REDIS_REPLY_ERROR || TextOf(**reply).substr(0, 8) != "NOSCRIPT") {
    return reply;
  }
  command[0] = "EVAL";
  command[1] = script.text;
  return connection_->Call(command, deadline);
}

Deadline Client::NewDeadline() const {
  return std::chrono::steady_clock::now() +
         absl::ToChronoNanoseconds(options_.connect_timeout + options_.command_timeout);
}

}  // namespace firstmile::redis
