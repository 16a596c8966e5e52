#include "tokens/custody.h"

#include <openssl/rand.h>

#include <array>

#include "absl/strings/escaping.h"

namespace firstmile::tokens {
namespace {

std::string RandomHex(std::size_t bytes) {
  std::string random(bytes, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes));
  return absl::BytesToHexString(random);
}

}  // namespace

std::vector<SealingKey> EphemeralSealingKeys() {
  return ParseSealingKeys(secrets::Secret(RandomHex(32))).value();
}

Custody::Custody(std::unique_ptr<TokenStore> store, std::vector<SealingKey> keys, CustodySettings settings,
                 CustodyEvents& events, const signing::Signer& signer)
    : store_(std::move(store)),
      sealer_(std::move(keys)),
      codec_(sealer_),
      ledger_(*store_, codec_, RandomHex(8)),
      threads_(settings.store_threads),
      context_{.ledger = ledger_,
               .store = threads_,
               .events = events,
               .signer = signer,
               .policy = settings.policy,
               .auth = std::move(settings.auth),
               .authorization_url = std::move(settings.authorization_url),
               .configured = std::move(settings.configured)} {}

}  // namespace firstmile::tokens
