#include "ops/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <exception>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace firstmile::ops {

class Metrics::Families {
 public:
  // The library keeps a weak reference to the registry.
  const std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  prometheus::Family<prometheus::Counter>& token_transitions =
      prometheus::BuildCounter()
          .Name("firstmile_token_transitions_total")
          .Help("What happened to tokens in custody, by transition; a shop or merchant counts each time.")
          .Register(*registry);
  std::unique_ptr<prometheus::Exposer> exposer;  // last: it ends first
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}

Metrics::~Metrics() = default;

absl::StatusOr<std::string> Metrics::Serve(const std::string& address) {
  // The library throws where the house returns a status.
  try {
    families_->exposer = std::make_unique<prometheus::Exposer>(address, 1);
  } catch (const std::exception& problem) {
    return absl::UnavailableError(absl::StrCat("cannot serve metrics at ", address, ": ", problem.what()));
  }
  families_->exposer->RegisterCollectable(families_->registry);
  const std::string host = address.substr(0, address.rfind(':'));
  return absl::StrCat(host, ":", families_->exposer->GetListeningPorts().front());
}

void Metrics::CountTokenTransition(absl::string_view transition) {
  families_->token_transitions.Add({{"transition", std::string(transition)}}).Increment();
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(families_->registry->Collect());
}

}  // namespace firstmile::ops
