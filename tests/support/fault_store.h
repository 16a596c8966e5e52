// A store in front of another one that fails, or keeps its callers waiting, when a test says so.
//
// Thread-safe. Several may stand in front of one store, one for each process that shares it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tokens/token_store.h"

namespace firstmile::testing {

class FaultStore final : public tokens::TokenStore {
 public:
  // `store` outlives the wrapper.
  explicit FaultStore(tokens::TokenStore& store) : store_(store) {}

  // Until they are told otherwise with OkStatus. A write that fails so has not happened.
  void FailReads(absl::Status error) { Set(&FaultStore::read_error_, std::move(error)); }
  void FailWrites(absl::Status error) { Set(&FaultStore::write_error_, std::move(error)); }

  // Writes happen, and their callers are told `error`.
  void LoseWriteAnswers(absl::Status error) { Set(&FaultStore::lost_answer_, std::move(error)); }

  // Called with every call, on the caller's thread.
  void OnCall(std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    on_call_ = std::move(hook);
  }

  // Lets `passing` more calls through, then holds every one until Unblock.
  void BlockAfter(int passing) {
    const std::lock_guard lock(mutex_);
    passing_ = passing;
  }
  void Block() { BlockAfter(0); }
  void Unblock() {
    const std::lock_guard lock(mutex_);
    passing_ = -1;
    changed_.notify_all();
  }
  // Returns once a call is held.
  void AwaitBlocked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return held_ > 0; });
  }
  int writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
  }

  absl::StatusOr<std::optional<tokens::StoredRecord>> Read(const std::string& key) override {
    const absl::Status error = Enter(&FaultStore::read_error_);
    if (!error.ok()) return error;
    return store_.Read(key);
  }

  absl::StatusOr<tokens::Version> Write(const std::string& key, const std::string& bytes,
                                        tokens::Version expected) override {
    absl::Status error = Enter(&FaultStore::write_error_);
    if (!error.ok()) return error;
    absl::StatusOr<tokens::Version> written = store_.Write(key, bytes, expected);
    const std::lock_guard lock(mutex_);
    ++writes_;
    if (!lost_answer_.ok()) return lost_answer_;
    return written;
  }

  absl::Status Erase(const std::string& key, tokens::Version expected) override {
    const absl::Status error = Enter(&FaultStore::write_error_);
    if (!error.ok()) return error;
    return store_.Erase(key, expected);
  }

  absl::StatusOr<std::vector<std::pair<std::string, tokens::StoredRecord>>> List(const std::string& after,
                                                                                 int limit) override {
    const absl::Status error = Enter(&FaultStore::read_error_);
    if (!error.ok()) return error;
    return store_.List(after, limit);
  }

 private:
  void Set(absl::Status FaultStore::* error, absl::Status value) {
    const std::lock_guard lock(mutex_);
    this->*error = std::move(value);
  }

  absl::Status Enter(absl::Status FaultStore::* error) {
    std::unique_lock lock(mutex_);
    if (on_call_) on_call_();
    if (passing_ > 0) {
      --passing_;
    } else if (passing_ == 0) {
      ++held_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return passing_ != 0; });
      --held_;
    }
    return this->*error;
  }

  tokens::TokenStore& store_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  absl::Status read_error_;
  absl::Status write_error_;
  absl::Status lost_answer_;
  std::function<void()> on_call_;
  int passing_ = -1;  // calls that go through before one is held; -1: all
  int held_ = 0;
  int writes_ = 0;
};

}  // namespace firstmile::testing
