#include "tokens/store_hosts.h"

#include "tokens/stores/memory_store.h"

namespace firstmile::tokens {
namespace {

class MemoryHost final : public StoreHost {
 public:
  std::shared_ptr<TokenStore> Open() override { return store_; }

 private:
  std::shared_ptr<TokenStore> store_ = std::make_shared<MemoryStore>();
};

}  // namespace

std::unique_ptr<StoreHost> MakeMemoryHost() {
  return std::make_unique<MemoryHost>();
}

}  // namespace firstmile::tokens
