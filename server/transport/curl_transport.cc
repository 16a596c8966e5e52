#include "transport/curl_transport.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "transport/curl_failure.h"
#include "transport/curl_multi.h"
#include "transport/curl_text.h"

namespace firstmile::transport {
namespace {

// A connection idle for longer is not trusted: middle boxes drop it without a word.
constexpr long kIdleConnectionSeconds = 60;

// How long no connection is used twice after an answer that nobody had asked for. What is sent that way once
// is sent again, and may come while a request is out, when it cannot be told from the answer.
constexpr std::chrono::seconds kDistrust{60};

// All headers of an answer together. The platform's take less than 2 KiB.
constexpr std::size_t kHeadBytesMax = std::size_t{256} << 10;

constexpr long kNo = 0;
constexpr long kYes = 1;

// Calls are bounded in number, and so are the bodies that are smaller than this.
constexpr std::size_t kSmallBodyBytes = std::size_t{64} << 10;

// What is told of a request whose own connection was of no use.
const char* TextOf(Connections::Look look) {
  return look == Connections::Look::kClosed ? "the connection was closed before a request was sent"
                                            : "the upstream sent something before a request was sent";
}

}  // namespace

// One request on one easy handle, from configuration to result. A handle is not used again: it keeps the
// query of its last URL, with a token in it, and what it read, until its next transfer. To make one takes a
// microsecond.
class CurlTransport::Transfer final : public TransferListener {
 public:
  Transfer(CurlTransport& transport, const HttpRequest& request, std::stop_token stop)
      : transport_(transport),
        request_(request),
        body_bytes_max_(request.answer_bytes_max == 0
                            ? transport.options_.body_bytes_max
                            : std::min(request.answer_bytes_max, transport.options_.body_bytes_max)),
        easy_(curl_easy_init()),
        waiter_(transport.loop_, std::move(stop)) {
    Configure();
    if (code_ == CURLE_OK) {
      transport_.loop_.multi().Add(easy_, this);
    } else {
      waiter_.Set();
    }
  }
  ~Transfer() {
    transport_.loop_.multi().Remove(easy_);
    curl_easy_cleanup(easy_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  Waiter& done() { return waiter_; }
  void OnTransferDone(CURLcode result) override;
  HttpResult TakeResult();

 private:
  void Configure();
  void ConfigurePost();
  void UseOwnConnection();
  std::string Header(const char* name);
  HttpResponse TakeResponse();
  HttpFailure FailureOf() const;
  bool RequestMayHaveLeft() const;
  bool TakeMemoryFor(std::size_t body_bytes);
  std::size_t GiveUpBody();

  // What libcurl refuses ends the transfer before it begins.
  template <typename Value>
  void Set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_, option, value);
    if (code_ == CURLE_OK) code_ = code;
  }

  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t OnHead(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t OnSend(char* buffer, std::size_t size, std::size_t count, void* self);
  static int BeforeRequest(void* self, char* remote_ip, char* local_ip, int remote_port, int local_port);

  CurlTransport& transport_;
  const HttpRequest& request_;
  const std::size_t body_bytes_max_;
  CURL* const easy_;
  Waiter waiter_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  CURLcode code_ = CURLE_OK;
  std::size_t body_sent_ = 0;
  std::size_t head_bytes_ = 0;
  bool too_large_ = false;
  bool dropped_ = false;
  bool own_connection_ = false;  // no other request was on it before
  Connections::Look look_ = Connections::Look::kSilent;
  std::string body_;
  std::shared_ptr<ByteBudget::Share> memory_;  // once the body is large
};

void CurlTransport::Transfer::Configure() {
  const CurlTransportOptions& options = transport_.options_;
  Set(CURLOPT_URL, request_.url.RevealCString());
  Set(CURLOPT_PROTOCOLS_STR, options.allow_plain_http ? "http,https" : "https");
  // Over HTTP/2 libcurl 7.88 keeps a connection on which calls time out. See connections.h before a change.
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(CURLOPT_FOLLOWLOCATION, kNo);  // a redirect would carry our signature elsewhere
  Set(CURLOPT_NOSIGNAL, kYes);
  Set(CURLOPT_NOPROXY, "*");
  Set(CURLOPT_USERAGENT, options.user_agent.c_str());
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(request_.timeout.count(), 1)));
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  Set(CURLOPT_MAXAGE_CONN, kIdleConnectionSeconds);
  Set(CURLOPT_ERRORBUFFER, error_.data());
  Set(CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
  Set(CURLOPT_WRITEDATA, this);
  Set(CURLOPT_HEADERFUNCTION, &Transfer::OnHead);
  Set(CURLOPT_HEADERDATA, this);
  Set(CURLOPT_PREREQFUNCTION, &Transfer::BeforeRequest);
  Set(CURLOPT_PREREQDATA, this);
  if (!options.ca_file.empty()) {
    Set(CURLOPT_CAINFO, options.ca_file.c_str());
    Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // else the system's folder would be trusted beside it
  }
  if (request_.post) ConfigurePost();
  if (request_.own_connection || !transport_.trusts_connections()) {
    UseOwnConnection();
    Set(CURLOPT_FORBID_REUSE, kYes);
  }
}

void CurlTransport::Transfer::ConfigurePost() {
  Set(CURLOPT_POST, kYes);
  Set(CURLOPT_HTTPHEADER, transport_.json_headers_);
  Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  if (request_.repeatable) {
    Set(CURLOPT_POSTFIELDS, request_.body.c_str());
    return;
  }
  // libcurl sends a request again by itself when a reused connection dies before the answer. It cannot do so
  // with a body that is read through a callback and cannot be read twice.
  Set(CURLOPT_READFUNCTION, &Transfer::OnSend);
  Set(CURLOPT_READDATA, this);
}

void CurlTransport::Transfer::UseOwnConnection() {
  own_connection_ = true;
  Set(CURLOPT_FRESH_CONNECT, kYes);
}

int CurlTransport::Transfer::BeforeRequest(void* self, char* remote_ip, char* local_ip, int remote_port,
                                           int local_port) {
  auto* transfer = static_cast<Transfer*>(self);
  CurlTransport& transport = transfer->transport_;
  const bool tls = absl::StartsWithIgnoreCase(transfer->request_.url.Reveal(), "https:");
  transfer->look_ = transport.loop_.multi().connections().LookAt(
      transfer->easy_, tls, {remote_ip, remote_port, local_ip, local_port});
  if (transfer->look_ == Connections::Look::kSpeaks) transport.OnSurplus();
  // What this request alone is to use needs no past to be trusted.
  const bool new_one = transfer->own_connection_ && transfer->look_ == Connections::Look::kDistrusted;
  if (new_one) transfer->look_ = Connections::Look::kSilent;
  return transfer->look_ == Connections::Look::kSilent ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void CurlTransport::Transfer::OnTransferDone(CURLcode result) {
  const bool refused = result == CURLE_ABORTED_BY_CALLBACK && look_ != Connections::Look::kSilent;
  if (refused && !own_connection_) {  // nothing was sent on it
    transport_.loop_.multi().Remove(easy_);
    look_ = Connections::Look::kSilent;
    UseOwnConnection();
    transport_.loop_.multi().Add(easy_, this);
    return;
  }
  code_ = result;
  waiter_.Set();
}

bool CurlTransport::Transfer::TakeMemoryFor(std::size_t body_bytes) {
  ByteBudget* budget = transport_.options_.answer_memory;
  if (budget == nullptr || body_bytes <= kSmallBodyBytes) return true;
  if (memory_ == nullptr) memory_ = std::make_shared<ByteBudget::Share>(*budget);
  dropped_ = !memory_->GrowTo(static_cast<std::int64_t>(body_bytes));
  return !dropped_;
}

// At once, so that others on the loop get what it had. Ends the transfer.
std::size_t CurlTransport::Transfer::GiveUpBody() {
  memory_.reset();
  std::string().swap(body_);
  return 0;
}

std::size_t CurlTransport::Transfer::OnBody(char* data, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  if (transfer->body_.size() + bytes > transfer->body_bytes_max_) {
    transfer->too_large_ = true;
    return transfer->GiveUpBody();
  }
  if (!transfer->TakeMemoryFor(transfer->body_.size() + bytes)) return transfer->GiveUpBody();
  transfer->body_.append(data, bytes);
  return bytes;
}

// libcurl keeps every line of every head, those of 1xx answers and the trailers too (CVE-2023-38039).
std::size_t CurlTransport::Transfer::OnHead(char*, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  transfer->head_bytes_ += size * count;
  return transfer->head_bytes_ > kHeadBytesMax ? 0 : size * count;
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
  if (code_ == CURLE_OK) return {HttpFailure::kNone, "", TakeResponse()};
  HttpResult result{FailureOf(), FailureText(code_, error_.data()), {}};
  // What libcurl could not do then is what it must not do: send a write again.
  if (code_ == CURLE_SEND_FAIL_REWIND) result.detail = "the connection ended without an answer";
  if (look_ != Connections::Look::kSilent) result.detail = TextOf(look_);
  if (head_bytes_ > kHeadBytesMax) {
    result.detail = absl::StrCat("the answer's headers have more than ", kHeadBytesMax, " bytes");
  }
  if (too_large_) result.detail = absl::StrCat("the answer has more than ", body_bytes_max_, " bytes");
  if (dropped_) {
    result.detail = absl::StrCat("it does not fit into the ", transport_.options_.answer_memory->bound(),
                                 " bytes that large answers may take together (limits.memory_max_mb)");
  }
  return result;
}

// Empty when there is none.
std::string CurlTransport::Transfer::Header(const char* name) {
  curl_header* header = nullptr;
  const bool found = curl_easy_header(easy_, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
  return found ? header->value : "";
}

HttpResponse CurlTransport::Transfer::TakeResponse() {
  HttpResponse response;
  long status = 0;
  char* content_type = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_TYPE, &content_type);
  response.status = static_cast<int>(status);
  if (content_type != nullptr) response.content_type = content_type;
  response.date = Header("Date");
  response.retry_after = Header("Retry-After");
  response.body = std::move(body_);
  response.memory = std::move(memory_);
  return response;
}

HttpFailure CurlTransport::Transfer::FailureOf() const {
  if (too_large_) return HttpFailure::kBodyTooLarge;
  if (dropped_) return HttpFailure::kAnswerDropped;
  const bool timed_out = code_ == CURLE_OPERATION_TIMEDOUT;
  if (RequestMayHaveLeft()) return timed_out ? HttpFailure::kTimedOut : HttpFailure::kNoAnswer;
  // A caller in a hurry says nothing about the host.
  const bool hurried = request_.timeout < transport_.options_.connect_timeout;
  if (timed_out && hurried) return HttpFailure::kNotSentInTime;
  if (look_ != Connections::Look::kSilent) return HttpFailure::kNotSent;
  long os_error = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
  const bool of_the_host = IsOfTheHost(code_, os_error) && !IsOutOfSockets();
  return of_the_host ? HttpFailure::kNotSent : HttpFailure::kLocalFault;
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
  curl_slist_free_all(json_headers_);
}

void CurlTransport::OnSurplus() {
  const bool news = trusts_connections();
  Distrust();
  if (options_.on_surplus) options_.on_surplus(news);
}

void CurlTransport::Distrust() {
  loop_.multi().connections().Distrust();
  trusted_again_ = loop_.clock().Monotonic() + kDistrust;
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
