// A token store in front of a real one that fails, holds or loses chosen calls.
//
// Thread-safe. The real store must outlive it.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tokens/stores/token_store.h"

namespace firstmile::testing {

class FaultStore final : public tokens::TokenStore {
 public:
  enum class Call { kRead, kWrite, kErase, kList };

  // kInstead: the real store is not called. kAfter: it is, and its answer is lost.
  enum class When { kInstead, kAfter };

  explicit FaultStore(tokens::TokenStore* store) : store_(store) {}

  // Fails the next `times` calls of this kind with `error`, after `passed` successful ones.
  void Fail(Call call, absl::Status error, When when = When::kInstead, int times = 1, int passed = 0);

  // Calls of this kind wait before they reach the real store, until Release.
  void Hold(Call call);
  void Release(Call call);

  // Removes all faults and releases all calls.
  void Heal();

  // Waits until this many calls of this kind are held; returns false after a timeout longer than any test
  // needs.
  bool AwaitHeld(Call call, int calls = 1);

  // How many calls are held now.
  int HeldCalls() const;

  // How many calls of this kind were made, including failed and held ones.
  int Calls(Call call) const;

  absl::StatusOr<std::optional<tokens::StoredRecord>> Read(const std::string& key) override;
  absl::StatusOr<tokens::Version> Write(const std::string& key, const std::string& bytes,
                                        tokens::Version expected) override;
  absl::Status Erase(const std::string& key, tokens::Version expected) override;
  absl::StatusOr<std::vector<std::pair<std::string, tokens::StoredRecord>>> List(const std::string& after,
                                                                                 int limit) override;

 private:
  struct Fault {
    absl::Status error;
    When when;
    int times;
    int passed;
  };
  struct State {
    std::optional<Fault> fault;
    bool held = false;
    int waiting = 0;
    int calls = 0;
  };

  // Counts a call and waits while it is held. Returns its fault, if any.
  std::optional<Fault> Enter(Call call);

  template <typename Real>
  auto Through(Call call, Real real) -> decltype(real());

  tokens::TokenStore* const store_;
  mutable std::mutex mutex_;  // not absl::Mutex: ThreadSanitizer would not see it
  std::condition_variable changed_;
  std::map<Call, State> states_;  // guarded by mutex_
};

}  // namespace firstmile::testing
