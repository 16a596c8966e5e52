#include "ops/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace firstmile::ops {

class Metrics::Families {
 public:
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& token_transitions =
      prometheus::BuildCounter()
          .Name("firstmile_token_transitions_total")
          .Help("What happened to tokens in custody, by transition; a shop or merchant counts each time.")
          .Register(registry);
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}

Metrics::~Metrics() = default;

void Metrics::CountTokenTransition(absl::string_view transition) {
  families_->token_transitions.Add({{"transition", std::string(transition)}}).Increment();
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace firstmile::ops
