// Receives a file from Shopee as it arrives. Other answers go to the call as usual.
//
// Not thread-safe; use it only on its gateway's loop.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "secrets/mask.h"
#include "transport/body_sink.h"

namespace firstmile::gateway {

// Shopee sends files and JSON with the same status and unreliable media types, so the first bytes of the body
// decide.
bool LooksLikeFile(int status, absl::string_view body);

// The media type of a file that begins with `begin`, safe to forward: Shopee's own, without secrets and
// unprintable bytes, or one detected from the file when Shopee names none or a text type.
std::string FileMediaType(std::string content_type, absl::string_view begin, const secrets::Mask& mask);

class FileSink : public transport::BodySink {
 public:
  Choice Choose(const transport::AnswerHead& head, absl::string_view begin) final;

  // Called by the gateway for each attempt. `on_begin` runs when Shopee has answered with a file.
  void Prepare(const secrets::Mask& mask, std::function<void()> on_begin) {
    mask_ = &mask;
    on_begin_ = std::move(on_begin);
  }

 private:
  // Called once, before the first Take. `bytes`: the size of the whole file; -1: unknown.
  virtual void Begin(std::string content_type, std::int64_t bytes) = 0;

  const secrets::Mask* mask_ = nullptr;
  std::function<void()> on_begin_;
};

}  // namespace firstmile::gateway
