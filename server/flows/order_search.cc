#include "flows/order_search.h"

namespace firstmile::flows {

void OrderSearch::Note(const std::string& order_sn, const std::string& package_number) {
  for (int i = 0; i < wanted_.size(); ++i) {
    const v1::OrderKey& key = wanted_[i];
    const auto index = static_cast<std::size_t>(i);
    if (seen_[index] || key.order_sn() != order_sn) continue;
    const bool same_package =
        key.package_number().empty() || package_number.empty() || key.package_number() == package_number;
    if (!same_package) continue;
    seen_[index] = true;
    ++found_;
  }
}

int OrderSearch::FillOutcomes(bool done_when_seen,
                              google::protobuf::RepeatedPtrField<v1::OrderOutcome>* outcomes) const {
  int succeeded = 0;
  outcomes->Clear();
  for (int i = 0; i < wanted_.size(); ++i) {
    const bool done = seen_[static_cast<std::size_t>(i)] == done_when_seen;
    v1::OrderOutcome* outcome = outcomes->Add();
    outcome->set_order_sn(wanted_[i].order_sn());
    outcome->set_package_number(wanted_[i].package_number());
    outcome->set_state(done ? v1::OUTCOME_STATE_SUCCEEDED : v1::OUTCOME_STATE_UNREPORTED);
    if (done) ++succeeded;
  }
  return succeeded;
}

}  // namespace firstmile::flows
