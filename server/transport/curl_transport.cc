#include "transport/curl_transport.h"

#include <algorithm>
#include <array>
#include <utility>

#include "transport/curl_multi.h"

namespace firstmile::transport {
namespace {

// A connection idle for longer is not trusted: middle boxes drop it without a word.
constexpr long kIdleConnectionSeconds = 60;

constexpr long kNo = 0;
constexpr long kYes = 1;

}  // namespace

// One request on one easy handle, from configuration to result.
class CurlTransport::Transfer final : public TransferListener {
 public:
  Transfer(CurlTransport& transport, const HttpRequest& request, std::stop_token stop)
      : transport_(transport),
        request_(request),
        body_bytes_max_(request.answer_bytes_max == 0
                            ? transport.options_.body_bytes_max
                            : std::min(request.answer_bytes_max, transport.options_.body_bytes_max)),
        easy_(transport.TakeHandle()),
        waiter_(transport.loop_, std::move(stop)) {
    Configure();
    transport_.loop_.multi().Add(easy_, this);
  }
  ~Transfer() {
    transport_.loop_.multi().Remove(easy_);
    transport_.ReturnHandle(easy_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  Waiter& done() { return waiter_; }
  void OnTransferDone(CURLcode result) override {
    code_ = result;
    waiter_.Set();
  }
  HttpResult TakeResult();

 private:
  void Configure();
  void ConfigurePost();
  bool RequestMayHaveLeft() const;

  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t OnSend(char* buffer, std::size_t size, std::size_t count, void* self);

  CurlTransport& transport_;
  const HttpRequest& request_;
  const std::size_t body_bytes_max_;
  CURL* const easy_;
  Waiter waiter_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  CURLcode code_ = CURLE_OK;
  std::size_t body_sent_ = 0;
  bool too_large_ = false;
  std::string body_;
};

void CurlTransport::Transfer::Configure() {
  const CurlTransportOptions& options = transport_.options_;
  curl_easy_setopt(easy_, CURLOPT_URL, request_.url.RevealCString());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, options.allow_plain_http ? "http,https" : "https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, kNo);  // a redirect would carry our signature elsewhere
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, kYes);
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::max<std::int64_t>(request_.timeout.count(), 1)));
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_MAXAGE_CONN, kIdleConnectionSeconds);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_.data());
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  if (!options.ca_file.empty()) curl_easy_setopt(easy_, CURLOPT_CAINFO, options.ca_file.c_str());
  if (request_.post) ConfigurePost();
}

void CurlTransport::Transfer::ConfigurePost() {
  curl_easy_setopt(easy_, CURLOPT_POST, kYes);
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, transport_.json_headers_);
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  if (request_.repeatable) {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.c_str());
    return;
  }
  // libcurl sends a request again by itself when a reused connection dies before the answer. It cannot do so
  // with a body that is read through a callback and cannot be read twice.
  curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &Transfer::OnSend);
  curl_easy_setopt(easy_, CURLOPT_READDATA, this);
}

std::size_t CurlTransport::Transfer::OnBody(char* data, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  if (transfer->body_.size() + bytes > transfer->body_bytes_max_) {
    transfer->too_large_ = true;
    return 0;
  }
  transfer->body_.append(data, bytes);
  return bytes;
}

std::size_t CurlTransport::Transfer::OnSend(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  const std::string& body = transfer->request_.body;
  const std::size_t bytes = body.copy(buffer, size * count, transfer->body_sent_);
  transfer->body_sent_ += bytes;
  return bytes;
}

bool CurlTransport::Transfer::RequestMayHaveLeft() const {
  long bytes = 0;
  curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &bytes);
  return bytes > 0;
}

HttpResult CurlTransport::Transfer::TakeResult() {
  HttpResult result;
  if (code_ == CURLE_OK) {
    long status = 0;
    char* content_type = nullptr;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy_, CURLINFO_CONTENT_TYPE, &content_type);
    result.response.status = static_cast<int>(status);
    if (content_type != nullptr) result.response.content_type = content_type;
    curl_header* date = nullptr;
    if (curl_easy_header(easy_, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK) {
      result.response.date = date->value;
    }
    result.response.body = std::move(body_);
    return result;
  }
  // libcurl's texts name the host and port at most, never the query.
  result.detail = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code_);
  // What libcurl could not do then is what it must not do: send a write again.
  if (code_ == CURLE_SEND_FAIL_REWIND) result.detail = "the connection ended without an answer";
  if (too_large_) {
    result.failure = HttpFailure::kBodyTooLarge;
    result.detail = "the answer has more than " + std::to_string(body_bytes_max_) + " bytes";
  } else if (!RequestMayHaveLeft()) {
    result.failure = HttpFailure::kNotSent;
  } else {
    result.failure = code_ == CURLE_OPERATION_TIMEDOUT ? HttpFailure::kTimedOut : HttpFailure::kNoAnswer;
  }
  return result;
}

CurlTransport::CurlTransport(EventLoop& loop, CurlTransportOptions options)
    : loop_(loop),
      options_(std::move(options)),
      slots_(loop, options_.connections_max, options_.queue_max),
      json_headers_(curl_slist_append(nullptr, "Content-Type: application/json")) {
  json_headers_ = curl_slist_append(json_headers_, "Expect:");  // no pause for 100-continue before a body
  loop_.Post([this] { loop_.multi().KeepConnections(static_cast<long>(options_.connections_max)); });
}

CurlTransport::~CurlTransport() {
  for (CURL* easy : idle_) curl_easy_cleanup(easy);
  curl_slist_free_all(json_headers_);
}

CURL* CurlTransport::TakeHandle() {
  if (idle_.empty()) return curl_easy_init();
  CURL* easy = idle_.back();
  idle_.pop_back();
  return easy;
}

void CurlTransport::ReturnHandle(CURL* easy) {
  curl_easy_reset(easy);  // forgets the signed URL too
  idle_.push_back(easy);
}

async::Task<HttpResult> CurlTransport::Send(HttpRequest request, std::stop_token stop) {
  const Slots::Admission admission = co_await slots_.Acquire(stop);
  if (admission == Slots::Admission::kQueueFull) {
    co_return HttpResult{HttpFailure::kOverloaded, "too many requests wait for a connection", {}};
  }
  if (admission == Slots::Admission::kStopped) co_return HttpResult{HttpFailure::kStopped, "stopped", {}};

  HttpResult result;
  {
    Transfer transfer(*this, request, std::move(stop));
    const bool ended = co_await transfer.done();
    result = ended ? transfer.TakeResult() : HttpResult{HttpFailure::kStopped, "stopped", {}};
  }
  slots_.Release();
  co_return result;
}

}  // namespace firstmile::transport
