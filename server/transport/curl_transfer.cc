#include "transport/curl_transfer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "transport/curl_failure.h"
#include "transport/curl_text.h"
#include "transport/tls_failure.h"

namespace firstmile::transport {
namespace {

// A connection idle for longer is not reused: middleboxes drop it silently.
constexpr long kIdleConnectionSeconds = 60;

// Most bytes of all headers of an answer. Shopee's take less than 2 KiB.
constexpr std::size_t kHeadBytesMax = std::size_t{256} << 10;

constexpr long kProxyAsksForPassword = 407;
constexpr long kProxyDeniesPassword = 401;  // tinyproxy's answer
constexpr long kFirstRefusal = 300;         // lowest status of a proxy's refusal of CONNECT

constexpr absl::string_view kPlatform = "Shopee";

constexpr long kNo = 0;
constexpr long kYes = 1;

// The error for a request whose own connection was unusable.
const char* TextOf(Connections::CheckResult result_of_check) {
  return result_of_check == Connections::CheckResult::kClosed
             ? "the connection was closed before a request was sent"
             : "the upstream sent something before a request was sent";
}

}  // namespace

CurlTransfer::CurlTransfer(const TransferSetup& setup, const HttpRequest& request, const TransferRoute& route,
                           std::stop_token stop)
    : setup_(setup),
      request_(request),
      hurried_(route.hurried),
      body_bytes_max_(request.answer_bytes_max == 0
                          ? setup.options.body_bytes_max
                          : std::min(request.answer_bytes_max, setup.options.body_bytes_max)),
      easy_(curl_easy_init()),
      event_(setup.loop, std::move(stop)),
      body_({body_bytes_max_, setup.options.sunk_bytes_max, setup.options.answer_memory}, request.sink,
            [this] { Resume(); }),
      begun_(std::chrono::steady_clock::now()) {
  Configure(route);
  if (code_ == CURLE_OK) {
    Begin();
    if (setup_.options.http2) BoundWaitForConnection();
  } else {
    event_.Set();
  }
}

CurlTransfer::~CurlTransfer() {
  if (timer_.has_value()) setup_.loop.CancelTimer(*timer_);
  if (multi_ != nullptr) {
    if (!ended_) RetireSharedPool();
    multi_->Remove(easy_);
  }
  curl_easy_cleanup(easy_);
  curl_slist_free_all(resolved_);
}

void CurlTransfer::Begin() {
  multi_ = &setup_.loop.pools().current();
  multi_->Add(easy_, this);
}

// libcurl applies no timeout to a transfer that waits for another transfer's connection (CURLOPT_PIPEWAIT).
void CurlTransfer::BoundWaitForConnection() {
  const auto whole = request_.sink == nullptr ? request_.timeout : request_.sink_timeout;
  timer_ = setup_.loop.AddTimer(setup_.loop.clock().Monotonic() + whole, [this] {
    timer_.reset();
    End(CURLE_OPERATION_TIMEDOUT);
  });
}

void CurlTransfer::End(CURLcode code) {
  if (ended_) return;
  ended_ = true;
  // libcurl treats a head that ends after its first line as complete.
  code_ = code == CURLE_OK && !head_complete_ ? CURLE_PARTIAL_FILE : code;
  if (code == CURLE_OPERATION_TIMEDOUT) RetireSharedPool();
  event_.Set();
}

// Offers the buffered part of the body again. If that fails, nothing else advances the transfer.
void CurlTransfer::Resume() {
  const CURLcode code = curl_easy_pause(easy_, CURLPAUSE_CONT);
  if (code != CURLE_OK) End(code);
}

// The transfer timed out. HTTP/1.1 closes its connection then; HTTP/2 would assign it to the next call, and
// it may be dead.
void CurlTransfer::RetireSharedPool() {
  if (multiplexed_) setup_.loop.pools().Retire(*multi_);
}

void CurlTransfer::Configure(const TransferRoute& route) {
  const CurlTransportOptions& options = setup_.options;
  Set(CURLOPT_URL, request_.url.RevealCString());
  Set(CURLOPT_PROTOCOLS_STR, options.allow_plain_http ? "http,https" : "https");
  Set(CURLOPT_HTTP_VERSION,
      static_cast<long>(options.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  Set(CURLOPT_PIPEWAIT, options.http2 ? kYes : kNo);  // without it, each call of a burst would connect
  Set(CURLOPT_FOLLOWLOCATION, kNo);                   // a redirect would carry our signature to another host
  Set(CURLOPT_NOSIGNAL, kYes);
  Set(CURLOPT_USERAGENT, options.user_agent.c_str());
  ConfigureTime(route.connect_timeout);
  Set(CURLOPT_MAXAGE_CONN, kIdleConnectionSeconds);
  Set(CURLOPT_ERRORBUFFER, error_.data());
  if (!route.resolved.empty()) {
    resolved_ = curl_slist_append(nullptr, route.resolved.c_str());
    Set(CURLOPT_RESOLVE, resolved_);
  }
  ConfigureProxy();
  ConfigureTls();
  ConfigureCallbacks();
  if (request_.post) ConfigurePost();
  if (route.own_connection) {
    UseFreshConnection();
    Set(CURLOPT_FORBID_REUSE, kYes);
  }
}

// Sets the remaining times; the transfer may start a second time. libcurl counts time without a byte in whole
// seconds, and not at all while the transfer is paused.
void CurlTransfer::ConfigureTime(std::chrono::milliseconds connect_timeout) {
  const auto spent =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun_);
  const auto in_bounds = [](auto count) {
    return static_cast<long>(std::clamp<std::int64_t>(count.count(), 1, std::numeric_limits<int>::max()));
  };
  Set(CURLOPT_CONNECTTIMEOUT_MS, in_bounds(connect_timeout - spent));
  const bool sink = request_.sink != nullptr;
  Set(CURLOPT_TIMEOUT_MS, in_bounds((sink ? request_.sink_timeout : request_.timeout) - spent));
  if (!sink) return;
  Set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  Set(CURLOPT_LOW_SPEED_TIME, in_bounds(std::chrono::ceil<std::chrono::seconds>(request_.timeout)));
}

void CurlTransfer::ConfigureProxy() {
  const ProxyOptions& proxy = setup_.options.proxy;
  Set(CURLOPT_NOPROXY, proxy.url.empty() ? "*" : "");  // ignores the proxy variables of the environment
  if (proxy.url.empty()) return;
  Set(CURLOPT_PROXY, proxy.url.c_str());
  Set(CURLOPT_HTTPPROXYTUNNEL, kYes);  // the proxy sees Shopee's host name, but no token
  Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, kYes);
  if (proxy.user.empty()) return;
  Set(CURLOPT_PROXYUSERNAME, proxy.user.c_str());
  Set(CURLOPT_PROXYPASSWORD, proxy.password.RevealCString());
}

// Requires TLS 1.2, even where the system's OpenSSL configuration allows less.
void CurlTransfer::ConfigureTls() {
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const std::string& ca_file = setup_.options.ca_file;
  if (ca_file.empty()) return;
  Set(CURLOPT_CAINFO, ca_file.c_str());
  Set(CURLOPT_PROXY_CAINFO, ca_file.c_str());
  Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // otherwise the system's directory would be trusted too
  Set(CURLOPT_PROXY_CAPATH, static_cast<char*>(nullptr));
}

void CurlTransfer::ConfigureCallbacks() {
  Set(CURLOPT_WRITEFUNCTION, &CurlTransfer::OnBody);
  Set(CURLOPT_WRITEDATA, this);
  Set(CURLOPT_HEADERFUNCTION, &CurlTransfer::OnHead);
  Set(CURLOPT_HEADERDATA, this);
  Set(CURLOPT_PREREQFUNCTION, &CurlTransfer::BeforeRequest);
  Set(CURLOPT_PREREQDATA, this);
}

void CurlTransfer::ConfigurePost() {
  Set(CURLOPT_POST, kYes);
  Set(CURLOPT_HTTPHEADER, setup_.json_headers);
  Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  if (request_.repeatable) {
    Set(CURLOPT_POSTFIELDS, request_.body.c_str());
    return;
  }
  // libcurl repeats a request by itself when a reused connection dies before the answer. It cannot when the
  // body comes from a read callback and cannot be rewound.
  Set(CURLOPT_READFUNCTION, &CurlTransfer::OnSend);
  Set(CURLOPT_READDATA, this);
}

void CurlTransfer::UseFreshConnection() {
  fresh_connection_ = true;
  Set(CURLOPT_FRESH_CONNECT, kYes);
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));  // not shared with other requests
}

int CurlTransfer::BeforeRequest(void* self, char* remote_ip, char* local_ip, int remote_port,
                                int local_port) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  const TransferSetup& setup = transfer->setup_;
  transfer->check_ = transfer->multi_->connections().Check(transfer->easy_, transfer->UsesTls(),
                                                           {remote_ip, remote_port, local_ip, local_port});
  transfer->multiplexed_ = transfer->check_ == Connections::CheckResult::kShared;
  if (transfer->multiplexed_) transfer->check_ = Connections::CheckResult::kReady;
  if (transfer->check_ == Connections::CheckResult::kUnrequestedBytes) setup.on_surplus();
  // A connection opened for this request alone needs no check.
  const bool new_one =
      transfer->fresh_connection_ && transfer->check_ == Connections::CheckResult::kDistrusted;
  if (new_one) transfer->check_ = Connections::CheckResult::kReady;
  transfer->too_late_ = setup.loop.clock().Monotonic() > transfer->request_.send_by;
  transfer->connected_ = transfer->check_ == Connections::CheckResult::kReady && !transfer->too_late_;
  return transfer->connected_ ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void CurlTransfer::OnTransferDone(CURLcode result) {
  const bool refused =
      result == CURLE_ABORTED_BY_CALLBACK && check_ != Connections::CheckResult::kReady && !too_late_;
  if (ended_ || !refused || fresh_connection_) return End(result);
  multi_->Remove(easy_);  // nothing was sent on it
  check_ = Connections::CheckResult::kReady;
  UseFreshConnection();
  ConfigureTime(setup_.options.connect_timeout);
  Begin();
}

AnswerHead CurlTransfer::Head() const {
  AnswerHead head;
  char* content_type = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_TYPE, &content_type);
  if (content_type != nullptr) head.content_type = content_type;
  head.status = static_cast<int>(Info(CURLINFO_RESPONSE_CODE));
  curl_off_t body_bytes = -1;
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &body_bytes);
  head.body_bytes = body_bytes;
  return head;
}

std::size_t CurlTransfer::OnBody(char* data, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  const std::size_t bytes = size * count;
  switch (transfer->body_.Append({data, bytes}, [transfer] { return transfer->Head(); })) {
    case ReceivedBody::Step::kTaken:
      return bytes;
    case ReceivedBody::Step::kPaused:
      return CURL_WRITEFUNC_PAUSE;
    case ReceivedBody::Step::kRefused:
      return 0;
  }
  return 0;
}

// libcurl keeps every header line, including those of 1xx answers and trailers (CVE-2023-38039).
std::size_t CurlTransfer::OnHead(char* line, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  const absl::string_view text(line, size * count);
  if (absl::StartsWith(text, "HTTP/"))
    transfer->head_complete_ = false;  // the head that follows a 1xx answer
  if (text == "\r\n" || text == "\n") transfer->head_complete_ = true;
  transfer->head_bytes_ += size * count;
  return transfer->head_bytes_ > kHeadBytesMax ? 0 : size * count;
}

std::size_t CurlTransfer::OnSend(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  const std::string& body = transfer->request_.body;
  const std::size_t bytes = body.copy(buffer, size * count, transfer->body_sent_);
  transfer->body_sent_ += bytes;
  return bytes;
}

// To Shopee or to the proxy.
bool CurlTransfer::UsesTls() const {
  return absl::StartsWithIgnoreCase(request_.url.Reveal(), "https:") ||
         absl::StartsWithIgnoreCase(setup_.options.proxy.url, "https:");
}

bool CurlTransfer::RequestMayHaveLeft() const {
  return connected_ && Info(CURLINFO_REQUEST_SIZE) > 0;  // the size includes what was sent to a proxy
}

HttpResult CurlTransfer::TakeStopped() {
  HttpResult stopped{
      RequestMayHaveLeft() ? HttpFailure::kStopped : HttpFailure::kStoppedUnsent, "stopped", {}};
  stopped.response.sunk_bytes = body_.sunk_bytes();
  return stopped;
}

HttpResult CurlTransfer::TakeResult() {
  if (code_ == CURLE_OK) return {HttpFailure::kNone, "", TakeResponse()};
  HttpResult failed{FailureOf(), DetailOf(), {}};
  failed.response.sunk_bytes = body_.sunk_bytes();
  return failed;
}

std::string CurlTransfer::DetailOf() const {
  if (body_.too_large()) {
    const std::size_t most = body_.sunk_bytes() > 0 ? setup_.options.sunk_bytes_max : body_bytes_max_;
    return absl::StrCat("the answer has more than ", most, " bytes");
  }
  if (body_.dropped()) {
    return absl::StrCat("it does not fit into the ", setup_.options.answer_memory->bound(),
                        " bytes that large answers may take together (limits.max_memory_mib)");
  }
  if (head_bytes_ > kHeadBytesMax) {
    return absl::StrCat("the answer's headers have more than ", kHeadBytesMax, " bytes");
  }
  if (code_ == CURLE_PARTIAL_FILE && !head_complete_) return "the response's headers broke off";
  // What libcurl could not do then is what it must not do: send a write again.
  if (too_late_) return "its time to be sent had passed";
  if (code_ == CURLE_SEND_FAIL_REWIND) return "the connection ended without an answer";
  if (connected_) return FailureText(code_, error_.data());
  if (!setup_.options.proxy.url.empty()) return ProxyDetail();
  return ConnectDetail(kPlatform, Info(CURLINFO_SSL_VERIFYRESULT));
}

// Why the request was not sent.
std::string CurlTransfer::ConnectDetail(absl::string_view peer, long verify_result) const {
  if (check_ != Connections::CheckResult::kReady) return TextOf(check_);
  const std::string said = FailureText(code_, error_.data());
  const std::string tls = TlsFailureText(code_, verify_result, said, peer);
  return tls.empty() ? said : tls;
}

std::string CurlTransfer::ProxyDetail() const {
  const std::string& url = setup_.options.proxy.url;
  const std::string proxy = absl::StrCat("the proxy ", url);
  const long answer = Info(CURLINFO_HTTP_CONNECTCODE);
  if (answer == kProxyAsksForPassword || answer == kProxyDeniesPassword) {
    return absl::StrCat(proxy, " asks for another user or password (upstream.proxy)");
  }
  if (answer >= kFirstRefusal) return absl::StrCat(proxy, " refuses with ", answer);
  const bool to_proxy = answer == 0 && absl::StartsWithIgnoreCase(url, "https:");
  return absl::StrCat("through ", proxy, ": ",
                      to_proxy ? ConnectDetail("the proxy", Info(CURLINFO_PROXY_SSL_VERIFYRESULT))
                               : ConnectDetail(kPlatform, Info(CURLINFO_SSL_VERIFYRESULT)));
}

// Empty when the header is absent.
std::string CurlTransfer::Header(const char* name) {
  curl_header* header = nullptr;
  const bool found = curl_easy_header(easy_, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
  return found ? header->value : "";
}

HttpResponse CurlTransfer::TakeResponse() {
  HttpResponse response;
  AnswerHead head = Head();
  response.status = head.status;
  response.content_type = std::move(head.content_type);
  response.date = Header("Date");
  response.retry_after = Header("Retry-After");
  response.body = body_.TakeBytes();
  response.sunk_bytes = body_.sunk_bytes();
  response.memory = body_.TakeMemory();
  return response;
}

HttpFailure CurlTransfer::FailureOf() const {
  if (too_late_) return HttpFailure::kTooLateToSend;
  if (body_.too_large()) return HttpFailure::kBodyTooLarge;
  if (body_.dropped()) return HttpFailure::kAnswerDropped;
  const bool timed_out = code_ == CURLE_OPERATION_TIMEDOUT;
  if (RequestMayHaveLeft()) return timed_out ? HttpFailure::kTimedOut : HttpFailure::kNoAnswer;
  // A caller's short deadline says nothing about the host.
  if (timed_out && hurried_) return HttpFailure::kNotSentInTime;
  if (check_ != Connections::CheckResult::kReady) return HttpFailure::kNotSent;
  const bool of_the_host = IsOfTheHost(code_, Info(CURLINFO_OS_ERRNO)) && !IsOutOfSockets();
  return of_the_host ? HttpFailure::kNotSent : HttpFailure::kLocalFault;
}

}  // namespace firstmile::transport
