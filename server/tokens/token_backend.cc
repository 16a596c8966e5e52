#include "tokens/token_backend.h"

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

std::vector<EncryptionKey> EphemeralEncryptionKeys() {
  return ParseEncryptionKeys(secrets::Secret(RandomHex(32))).value();
}

TokenBackend::TokenBackend(std::unique_ptr<TokenStore> store, std::vector<EncryptionKey> keys,
                           TokenSettings settings, TokenEvents& events, const signing::Signer& signer)
    : store_(std::move(store)),
      cipher_(std::move(keys)),
      codec_(cipher_),
      repository_(*store_, codec_, RandomHex(8)),
      configured_(std::move(settings.configured), std::move(settings.token_files)),
      threads_(settings.store_threads),
      context_{.repository = repository_,
               .store = threads_,
               .events = events,
               .signer = signer,
               .policy = settings.policy,
               .auth = std::move(settings.auth),
               .authorization_url = std::move(settings.authorization_url),
               .configured = configured_} {}

}  // namespace firstmile::tokens
