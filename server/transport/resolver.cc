#include "transport/resolver.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/match.h"

namespace firstmile::transport {

struct Resolver::Link {
  std::mutex mutex;
  Resolver* resolver;  // guarded by mutex; null after destruction
};

Resolver::~Resolver() {
  if (link_ == nullptr) return;
  const std::lock_guard lock(link_->mutex);
  link_->resolver = nullptr;
}

async::Task<Resolver::Answer> Resolver::Resolve(std::string host, MonotonicTime due, std::stop_token stop) {
  Entry& entry = entries_[host];
  const MonotonicTime now = loop_.clock().Monotonic();
  const bool known = entry.known != nullptr;
  if (!(known && now < entry.fresh_until) && !entry.looking_up) StartLookUp(host, entry);
  if (known && now < entry.old_from) co_return Answer{End::kAnswered, entry.known};

  StoppableEvent event(loop_, std::move(stop));
  const auto place = entry.waiting.insert(entry.waiting.end(), &event);
  bool late = false;
  const EventLoop::TimerId timer = loop_.AddTimer(known ? now + (due - now) / 2 : due, [&event, &late] {
    late = true;
    event.Set();
  });
  const bool set = co_await event;
  loop_.CancelTimer(timer);
  entry.waiting.erase(place);
  if (!set) co_return Answer{End::kStopped, nullptr};
  if (entry.known != nullptr) co_return Answer{End::kAnswered, entry.known};
  if (!late && entry.failed != nullptr) co_return Answer{End::kAnswered, entry.failed};
  co_return Answer{End::kLate, nullptr};
}

void Resolver::MarkSuspect(const std::string& host) {
  const auto found = entries_.find(host);
  if (found == entries_.end()) return;
  const MonotonicTime soon = loop_.clock().Monotonic() + kFreshSuspect;
  found->second.fresh_until = std::min(found->second.fresh_until, soon);
}

void Resolver::StartLookUp(const std::string& host, Entry& entry) {
  if (link_ == nullptr) {
    link_ = std::make_shared<Link>();
    link_->resolver = this;
  }
  entry.looking_up = true;
  try {
    std::thread([link = link_, look_up = look_up_, host] {
      sigset_t all;  // signals must not be delivered to a thread that waits for a name server
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, nullptr);
      Addresses addresses = look_up(host);
      const std::lock_guard lock(link->mutex);
      Resolver* resolver = link->resolver;
      if (resolver == nullptr) return;
      resolver->loop_.Post([resolver, host, addresses = std::move(addresses)]() mutable {
        resolver->OnLookUpEnd(host, std::move(addresses));
      });
    }).detach();
  } catch (const std::system_error& failure) {
    loop_.Post([this, host, why = std::string(failure.what())] { OnLookUpEnd(host, {{}, why, true}); });
  }
}

void Resolver::OnLookUpEnd(const std::string& host, Addresses addresses) {
  Entry& entry = entries_[host];
  entry.looking_up = false;
  const MonotonicTime now = loop_.clock().Monotonic();
  entry.fresh_until = now + kFresh;
  if (!addresses.found.empty()) entry.old_from = now + kOld;
  auto answer = std::make_shared<const Addresses>(std::move(addresses));
  (answer->found.empty() ? entry.failed : entry.known) = answer;
  for (StoppableEvent* event : entry.waiting) event->Set();
  ++lookups_ended_;
}

Addresses Resolver::AskSystem(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (code == EAI_SYSTEM) return {{}, std::strerror(errno), true};
  if (code != 0) return {{}, gai_strerror(code), code == EAI_MEMORY};
  Addresses addresses;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    char text[NI_MAXHOST];
    const int named =
        getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof(text), nullptr, 0, NI_NUMERICHOST);
    // libcurl accepts no scoped link-local address ("fe80::1%eth0"), and then none of the list either.
    if (named == 0 && !absl::StrContains(text, "%")) addresses.found.emplace_back(text);
  }
  freeaddrinfo(list);
  if (addresses.found.empty()) addresses.failure = "it has no address that can be used";
  return addresses;
}

}  // namespace firstmile::transport
