#include "read_back/order_search.h"

#include <algorithm>

#include "codec/echoes.h"

namespace firstmile::read_back {

using codec::NamesTheSame;

bool OrderSearch::Add(const std::string& order_sn, const std::string& package_number) {
  bool wanted = false;
  for (int i = 0; i < wanted_.size(); ++i) {
    const v1::OrderKey& key = wanted_[i];
    if (!NamesTheSame(key.order_sn(), order_sn)) continue;
    const bool any_package = key.package_number().empty();
    const bool same_package = any_package || NamesTheSame(key.package_number(), package_number);
    if (!same_package && !package_number.empty()) continue;
    if (!same_package && !wanted) nameless_.push_back(order_sn);
    wanted = true;
    if (same_package) seen_[static_cast<std::size_t>(i)] = true;
  }
  any_ = any_ || wanted;
  return wanted;
}

std::size_t OrderSearch::OpenPackagesOf(const std::string& order_sn) const {
  std::size_t open = 0;
  for (int i = 0; i < wanted_.size(); ++i) {
    const bool of_order = NamesTheSame(wanted_[i].order_sn(), order_sn);
    if (of_order && !seen_[static_cast<std::size_t>(i)]) ++open;
  }
  return open;
}

OrderSearch::Sight OrderSearch::SightOf(int index) const {
  if (seen_[static_cast<std::size_t>(index)]) return Sight::kSeen;
  const std::string& order_sn = wanted_[index].order_sn();
  const auto rows = static_cast<std::size_t>(
      std::count_if(nameless_.begin(), nameless_.end(),
                    [&order_sn](const std::string& row) { return NamesTheSame(row, order_sn); }));
  if (rows == 0) return Sight::kNone;
  return rows < OpenPackagesOf(order_sn) ? Sight::kUnclear : Sight::kSeen;
}

std::size_t OrderSearch::found() const {
  std::size_t found = 0;
  for (int i = 0; i < wanted_.size(); ++i) found += SightOf(i) == Sight::kSeen ? 1 : 0;
  return found;
}

bool OrderSearch::is_clear() const {
  for (int i = 0; i < wanted_.size(); ++i) {
    if (SightOf(i) == Sight::kUnclear) return false;
  }
  return true;
}

int OrderSearch::FillOutcomes(bool done_when_seen,
                              google::protobuf::RepeatedPtrField<v1::OrderOutcome>* outcomes) const {
  int succeeded = 0;
  outcomes->Clear();
  for (int i = 0; i < wanted_.size(); ++i) {
    const bool done = SightOf(i) == (done_when_seen ? Sight::kSeen : Sight::kNone);
    v1::OrderOutcome* outcome = outcomes->Add();
    outcome->set_order_sn(wanted_[i].order_sn());
    outcome->set_package_number(wanted_[i].package_number());
    outcome->set_state(done ? v1::OUTCOME_STATE_SUCCEEDED : v1::OUTCOME_STATE_UNREPORTED);
    if (done) ++succeeded;
  }
  return succeeded;
}

}  // namespace firstmile::read_back
