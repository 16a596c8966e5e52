#include "transport/received_body.h"

#include <cstdint>
#include <cstdlib>
#include <utility>

namespace firstmile::transport {
namespace {

// Smaller bodies take no budget: the number of calls bounds them (limits/admission_gate.h).
constexpr std::size_t kSmallBodyBytes = std::size_t{16} << 10;

}  // namespace

ReceivedBody::ReceivedBody(const Bounds& bounds, BodySink* sink, std::function<void()> resume)
    : bounds_(bounds), attached_(sink), sink_(sink) {
  if (attached_ != nullptr) attached_->Attach(std::move(resume));
}

ReceivedBody::~ReceivedBody() {
  if (attached_ != nullptr) attached_->Attach(nullptr);
}

ReceivedBody::Step ReceivedBody::Append(absl::string_view bytes, absl::FunctionRef<AnswerHead()> head) {
  if (sinking_) return Sink(bytes);
  const Step step = Keep(bytes);
  if (step != Step::kTaken || sink_ == nullptr) return step;
  switch (sink_->Choose(head(), bytes_)) {
    case BodySink::Choice::kMore:
      break;
    case BodySink::Choice::kLeave:
      sink_ = nullptr;
      break;
    case BodySink::Choice::kTake:
      sinking_ = true;
      memory_.reset();
      return Sink(std::exchange(bytes_, {}));
  }
  return step;
}

ReceivedBody::Step ReceivedBody::Keep(absl::string_view bytes) {
  const std::size_t size = bytes_.size() + bytes.size();
  if (size > bounds_.kept_bytes) return Refuse(&too_large_);
  if (bounds_.budget != nullptr && size > kSmallBodyBytes) {
    if (memory_ == nullptr) memory_ = std::make_shared<ByteBudget::Share>(*bounds_.budget);
    if (!memory_->GrowTo(static_cast<std::int64_t>(size))) return Refuse(&dropped_);
  }
  bytes_.append(bytes.data(), bytes.size());
  return Step::kTaken;
}

ReceivedBody::Step ReceivedBody::Sink(absl::string_view bytes) {
  if (sunk_bytes_ + bytes.size() > bounds_.sunk_bytes) return Refuse(&too_large_);
  if (!sink_->Take(bytes)) {
    if (sunk_bytes_ == 0)
      std::abort();  // a sink must take the body that it chose; otherwise it would be lost
    return Step::kPaused;
  }
  sunk_bytes_ += bytes.size();
  return Step::kTaken;
}

// Frees the memory at once, for other transfers on the loop.
ReceivedBody::Step ReceivedBody::Refuse(bool* why) {
  *why = true;
  memory_.reset();
  std::string().swap(bytes_);
  return Step::kRefused;
}

}  // namespace firstmile::transport
