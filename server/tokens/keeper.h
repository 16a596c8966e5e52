// Looks through the store again and again: renews pairs that are due, notices what other processes did, warns
// of authorizations that end, and cleans up. One keeper for each loop, each for the subjects that live there.
//
// Belongs to its custodian's loop.
#pragma once

#include <functional>

#include "tokens/custodian.h"

namespace firstmile::tokens {

struct KeeperOptions {
  absl::Duration sweep_every = absl::Minutes(1);

  // Refreshes that one sweep begins in a second, so that shops that came together do not stay together.
  double starts_per_second = 2;

  // How long the mark of a forgotten subject stands.
  absl::Duration forgotten_life = absl::Hours(24);

  // How often the platform is asked when the sellers' authorizations end, as long as the store has tokens.
  absl::Duration learn_ends_every = absl::Hours(12);

  // From when on the end of a seller's authorization is warned of, once a day.
  absl::Duration authorization_warning = absl::Hours(7 * 24);
};

class Keeper {
 public:
  // `owns` tells which subjects live on the custodian's loop. References outlive the keeper.
  Keeper(const CustodyContext& context, const KeeperOptions& options, Custodian& custodian,
         std::function<bool(Subject)> owns)
      : context_(context), options_(options), custodian_(custodian), owns_(std::move(owns)) {}

  // Sweeps until the stop. A store that cannot be read is tried again at the next sweep.
  async::Task<void> Run(std::stop_token stop);

  // One look at every record of the store.
  async::Task<void> Sweep(std::stop_token stop);

 private:
  async::Task<void> LearnEnds(std::stop_token stop);
  async::Task<bool> LearnEndsOf(SubjectKind kind, std::stop_token stop);
  async::Task<void> LookAt(TokenRecord record, std::stop_token stop);
  bool IsOutdatedMark(const TokenRecord& record) const;
  void WarnOfEnd(const TokenRecord& record);

  const CustodyContext& context_;
  const KeeperOptions& options_;
  Custodian& custodian_;
  const std::function<bool(Subject)> owns_;
  absl::flat_hash_map<Subject, absl::Time> warned_;
  absl::Time learn_due_ = absl::InfinitePast();
  bool any_ = false;  // the last sweep found a record of this loop
};

}  // namespace firstmile::tokens
