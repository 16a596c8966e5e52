// Everything that the TokenManagers of all loops share, built once: store, encryption, repository, threads,
// policy.
//
// Immutable after construction; safe to share between threads. Outlives every TokenManager.
#pragma once

#include <memory>
#include <vector>

#include "tokens/stores/token_cipher.h"
#include "tokens/token_manager.h"

namespace firstmile::tokens {

// Random keys that are never saved, for a store that ends with the process.
std::vector<EncryptionKey> EphemeralEncryptionKeys();

struct TokenSettings {
  RefreshPolicy policy;
  AuthClientOptions auth;
  std::string authorization_url;
  absl::flat_hash_map<std::int64_t, secrets::Secret> configured;  // by shop, those of token_files included
  TokenFiles token_files;
  int store_threads = 2;
};

class TokenBackend {
 public:
  // `events` and `signer` outlive the backend.
  TokenBackend(std::unique_ptr<TokenStore> store, std::vector<EncryptionKey> keys, TokenSettings settings,
               TokenEvents& events, const signing::Signer& signer);

  const TokenContext& context() const { return context_; }

 private:
  const std::unique_ptr<TokenStore> store_;
  const TokenCipher cipher_;
  const RecordCodec codec_;
  TokenRepository repository_;
  ConfiguredTokens configured_;
  transport::BlockingThreads threads_;
  const TokenContext context_;
};

}  // namespace firstmile::tokens
