// What the sidecar counts, served in Prometheus' text form.
//
// Thread-safe. No label comes from a caller or from the platform, so that none grows without a bound.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace firstmile::ops {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  // Serves GET /metrics at `address` ("host:port", port 0: any free one) until the object ends; gives the
  // address with its port. Call it at most once. Fails with kUnavailable when it cannot listen.
  absl::StatusOr<std::string> Serve(const std::string& address);

  // firstmile_token_transitions_total, by what happened to the tokens of a shop or merchant.
  void CountTokenTransition(absl::string_view transition);

  // The text of GET /metrics.
  std::string Text() const;

 private:
  class Families;

  const std::unique_ptr<Families> families_;
};

}  // namespace firstmile::ops
