// Baseline for a call through the sidecar: a gRPC server that makes one HTTP request per call and returns the
// answer's bytes. It has only the sidecar's I/O: gRPC's callback API, one thread with a libcurl multi handle,
// and reused connections and handles. No signature, JSON, limits or log.
//
// Usage: floor_server URL. Prints its address; serves until SIGTERM.
#include <curl/curl.h>
#include <grpcpp/grpcpp.h>

#include <csignal>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "firstmile/v1/first_mile_service.grpc.pb.h"

namespace {

using Answer = firstmile::v1::FirstMileServiceGetChannelListResponse;

// As many connections as the sidecar keeps, and more than there are concurrent calls.
constexpr long kConnectionsMax = 256;
constexpr int kWaitMsMax = 1000;
constexpr long kOk = 200;

// Ends with Finish on the fetcher's thread.
struct Call : grpc::ServerUnaryReactor {
  explicit Call(Answer* response) : answer(response) {}
  void OnDone() override { delete this; }

  Answer* const answer;
};

std::size_t AppendBody(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

// Makes the requests on one thread. Fetch is thread-safe.
class Fetcher {
 public:
  explicit Fetcher(std::string url) : url_(std::move(url)), multi_(curl_multi_init()) {
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kConnectionsMax);
    thread_ = std::thread([this] { Run(); });
  }

  // REQUIRES: all calls have ended.
  ~Fetcher() {
    Post(nullptr);
    thread_.join();
    for (CURL* easy : idle_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
  }

  void Fetch(Call* call) { Post(call); }

 private:
  // Null ends the thread.
  void Post(Call* call) {
    bool wake;
    {
      const std::lock_guard lock(mutex_);
      wake = posted_.empty();
      posted_.push_back(call);
    }
    if (wake) curl_multi_wakeup(multi_);
  }

  void Run() {
    std::vector<Call*> calls;
    while (true) {
      {
        const std::lock_guard lock(mutex_);
        calls.swap(posted_);
      }
      for (Call* call : calls) {
        if (call == nullptr) return;
        Start(call);
      }
      calls.clear();
      int running = 0;
      curl_multi_perform(multi_, &running);
      FinishEnded();
      curl_multi_poll(multi_, nullptr, 0, kWaitMsMax, nullptr);
    }
  }

  void Start(Call* call) {
    CURL* easy = TakeHandle();
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call->answer->mutable_header()->mutable_message());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_multi_add_handle(multi_, easy);
  }

  CURL* TakeHandle() {
    if (!idle_.empty()) {
      CURL* easy = idle_.back();
      idle_.pop_back();
      return easy;
    }
    CURL* easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
    return easy;
  }

  void FinishEnded() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      CURL* easy = message->easy_handle;
      const bool answered = message->data.result == CURLE_OK;
      char* call = nullptr;
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      curl_multi_remove_handle(multi_, easy);
      idle_.push_back(easy);
      reinterpret_cast<Call*>(call)->Finish(answered && status == kOk
                                                ? grpc::Status::OK
                                                : grpc::Status(grpc::StatusCode::UNAVAILABLE, "no answer"));
    }
  }

  const std::string url_;
  CURLM* const multi_;
  std::vector<CURL*> idle_;
  std::mutex mutex_;
  std::vector<Call*> posted_;  // guarded by mutex_
  std::thread thread_;
};

class Floor final : public firstmile::v1::FirstMileService::CallbackService {
 public:
  explicit Floor(Fetcher& fetcher) : fetcher_(fetcher) {}

  grpc::ServerUnaryReactor* GetChannelList(grpc::CallbackServerContext*,
                                           const firstmile::v1::FirstMileServiceGetChannelListRequest*,
                                           Answer* response) override {
    auto* call = new Call(response);
    fetcher_.Fetch(call);
    return call;
  }

 private:
  Fetcher& fetcher_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: floor_server URL\n";
    return 1;
  }
  sigset_t signals;  // blocked before any thread starts, so that only sigwait receives it
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Fetcher fetcher(argv[1]);
  Floor floor(fetcher);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&floor);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::cerr << "127.0.0.1:" << port << '\n';
  int received = 0;
  sigwait(&signals, &received);
  server->Shutdown();
  return 0;
}
