// The stores as the contract test sees them: each host gives any number of handles on one set of records.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "tokens/token_store.h"

namespace firstmile::tokens {

class StoreHost {
 public:
  virtual ~StoreHost() = default;

  // A handle as another process would open it; where that cannot be, the same one again.
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
