// Calls that block, have a deadline, and throw when they fail.
//
// Call may be used from any thread; a MessageStream belongs to one.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <memory>
#include <stdexcept>

namespace firstmile {

inline constexpr std::chrono::milliseconds kCallDeadline{10'000};
inline constexpr std::chrono::milliseconds kStreamDeadline{60'000};

// A call that failed. what() is the name of its status code and its message; ErrorDetailsOf(status()) tells
// more.
class CallError : public std::runtime_error {
 public:
  explicit CallError(const grpc::Status& status);
  const grpc::Status& status() const { return status_; }

 private:
  grpc::Status status_;
};

// Makes one call, for example Call(*stub, &FirstMileService::Stub::GetDetail, request). Throws CallError.
template <typename Stub, typename Request, typename Answer>
Answer Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Answer*),
            const Request& request, std::chrono::milliseconds deadline = kCallDeadline) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + deadline);
  Answer answer;
  const grpc::Status status = (stub.*method)(&context, request, &answer);
  if (!status.ok()) throw CallError(status);
  return answer;
}

// Reads a stream: while (const auto* message = stream.Next()) ... A stream that is left early is cancelled.
template <typename Message>
class MessageStream {
 public:
  template <typename Stub, typename Request>
  MessageStream(Stub& stub,
                std::unique_ptr<grpc::ClientReader<Message>> (Stub::*method)(grpc::ClientContext*,
                                                                             const Request&),
                const Request& request, std::chrono::milliseconds deadline = kStreamDeadline) {
    context_.set_deadline(std::chrono::system_clock::now() + deadline);
    reader_ = (stub.*method)(&context_, request);
  }

  ~MessageStream() {
    Cancel();
    Finish();
  }

  MessageStream(const MessageStream&) = delete;
  MessageStream& operator=(const MessageStream&) = delete;

  // The next message, valid until the next call; null after the last one. Throws CallError when the stream
  // has failed.
  const Message* Next() {
    if (reader_ && reader_->Read(&message_)) return &message_;
    const grpc::Status status = Finish();
    if (!status.ok()) throw CallError(status);
    return nullptr;
  }

  // Ends the call, whose status becomes CANCELLED.
  void Cancel() { context_.TryCancel(); }

  // Waits for the end of the stream and drops the messages that still come; returns its status.
  grpc::Status Finish() {
    if (!reader_) return status_;
    while (reader_->Read(&message_)) {
    }
    status_ = reader_->Finish();
    reader_.reset();
    return status_;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<Message>> reader_;
  Message message_;
  grpc::Status status_;
};

}  // namespace firstmile
