// What the sidecar counts, in Prometheus' text form.
//
// Thread-safe. No label comes from a caller or from the platform, so that none grows without a bound.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace firstmile::ops {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  // firstmile_token_transitions_total, by what happened to the tokens of a shop or merchant.
  void CountTokenTransition(absl::string_view transition);

  // Everything that was counted, as GET /metrics shows it.
  std::string Text() const;

 private:
  class Families;

  const std::unique_ptr<Families> families_;
};

}  // namespace firstmile::ops
