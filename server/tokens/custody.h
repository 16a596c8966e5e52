// Everything that the custodians of all loops share, built once: store, seal, ledger, threads, policy.
//
// Immutable after construction; safe to share between threads. Outlives every custodian.
#pragma once

#include <memory>
#include <vector>

#include "tokens/custodian.h"
#include "tokens/stores/sealer.h"

namespace firstmile::tokens {

// Keys that end with the process, for a store that does, too.
std::vector<SealingKey> EphemeralSealingKeys();

struct CustodySettings {
  RefreshPolicy policy;
  AuthClientOptions auth;
  std::string authorization_url;
  absl::flat_hash_map<std::int64_t, secrets::Secret> configured;
  int store_threads = 2;
};

class Custody {
 public:
  // `events` and `signer` outlive the custody.
  Custody(std::unique_ptr<TokenStore> store, std::vector<SealingKey> keys, CustodySettings settings,
          CustodyEvents& events, const signing::Signer& signer);

  const CustodyContext& context() const { return context_; }

 private:
  const std::unique_ptr<TokenStore> store_;
  const Sealer sealer_;
  const RecordCodec codec_;
  TokenLedger ledger_;
  transport::BlockingThreads threads_;
  const CustodyContext context_;
};

}  // namespace firstmile::tokens
