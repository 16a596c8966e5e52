// The stores for the contract test: each host opens any number of handles on one set of records.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "tokens/stores/token_store.h"

namespace firstmile::tokens {

class StoreHost {
 public:
  virtual ~StoreHost() = default;

  // Opens a handle like another process; returns the same one again if that is impossible.
  virtual std::shared_ptr<TokenStore> Open() = 0;
};

struct HostKind {
  std::string name;
  std::function<std::unique_ptr<StoreHost>()> make;

  friend void PrintTo(const HostKind& kind, std::ostream* out) { *out << kind.name; }
};

std::unique_ptr<StoreHost> MakeMemoryHost();
std::unique_ptr<StoreHost> MakeRedisHost();
std::unique_ptr<StoreHost> MakeSqliteHost();

}  // namespace firstmile::tokens
