#include "async/task.h"

namespace firstmile::async {
namespace {

struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};

Detached Run(Task<void> task) {
  co_await std::move(task);
}

}  // namespace

void Detach(Task<void> task) {
  Run(std::move(task));
}

}  // namespace firstmile::async
