#include "transport/curl_transfer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "transport/curl_failure.h"
#include "transport/curl_text.h"
#include "transport/tls_failure.h"

namespace firstmile::transport {
namespace {

// A connection idle for longer is not trusted: middle boxes drop it without a word.
constexpr long kIdleConnectionSeconds = 60;

// All headers of an answer together. The platform's take less than 2 KiB.
constexpr std::size_t kHeadBytesMax = std::size_t{256} << 10;

// Calls are bounded in number, and so are the bodies that are smaller than this.
constexpr std::size_t kSmallBodyBytes = std::size_t{64} << 10;

constexpr long kProxyAsksForPassword = 407;
constexpr long kProxyDeniesPassword = 401;  // tinyproxy says so
constexpr long kFirstRefusal = 300;         // among a proxy's answers to CONNECT

constexpr absl::string_view kPlatform = "the platform";

constexpr long kNo = 0;
constexpr long kYes = 1;

// What is told of a request whose own connection was of no use.
const char* TextOf(Connections::Look look) {
  return look == Connections::Look::kClosed ? "the connection was closed before a request was sent"
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
      waiter_(setup.loop, std::move(stop)) {
  Configure(route);
  if (code_ == CURLE_OK) {
    setup_.loop.multi().Add(easy_, this);
  } else {
    waiter_.Set();
  }
}

CurlTransfer::~CurlTransfer() {
  setup_.loop.multi().Remove(easy_);
  curl_easy_cleanup(easy_);
  curl_slist_free_all(resolved_);
}

void CurlTransfer::Configure(const TransferRoute& route) {
  const CurlTransportOptions& options = setup_.options;
  Set(CURLOPT_URL, request_.url.RevealCString());
  Set(CURLOPT_PROTOCOLS_STR, options.allow_plain_http ? "http,https" : "https");
  // Over HTTP/2 libcurl 7.88 keeps a connection on which calls time out. See connections.h before a change.
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(CURLOPT_FOLLOWLOCATION, kNo);  // a redirect would carry our signature elsewhere
  Set(CURLOPT_NOSIGNAL, kYes);
  Set(CURLOPT_USERAGENT, options.user_agent.c_str());
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(request_.timeout.count(), 1)));
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(route.connect_timeout.count(), 1)));
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
    UseOwnConnection();
    Set(CURLOPT_FORBID_REUSE, kYes);
  }
}

void CurlTransfer::ConfigureProxy() {
  const ProxyOptions& proxy = setup_.options.proxy;
  Set(CURLOPT_NOPROXY, proxy.url.empty() ? "*" : "");  // else variables of the environment would count
  if (proxy.url.empty()) return;
  Set(CURLOPT_PROXY, proxy.url.c_str());
  Set(CURLOPT_HTTPPROXYTUNNEL, kYes);  // the proxy sees the platform's name, and no token
  Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, kYes);
  if (proxy.user.empty()) return;
  Set(CURLOPT_PROXYUSERNAME, proxy.user.c_str());
  Set(CURLOPT_PROXYPASSWORD, proxy.password.RevealCString());
}

// Versions below 1.2 are refused whatever the system's configuration of OpenSSL allows.
void CurlTransfer::ConfigureTls() {
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const std::string& ca_file = setup_.options.ca_file;
  if (ca_file.empty()) return;
  Set(CURLOPT_CAINFO, ca_file.c_str());
  Set(CURLOPT_PROXY_CAINFO, ca_file.c_str());
  Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // else the system's folder would be trusted beside it
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
  // libcurl sends a request again by itself when a reused connection dies before the answer. It cannot do so
  // with a body that is read through a callback and cannot be read twice.
  Set(CURLOPT_READFUNCTION, &CurlTransfer::OnSend);
  Set(CURLOPT_READDATA, this);
}

void CurlTransfer::UseOwnConnection() {
  own_connection_ = true;
  Set(CURLOPT_FRESH_CONNECT, kYes);
}

int CurlTransfer::BeforeRequest(void* self, char* remote_ip, char* local_ip, int remote_port,
                                int local_port) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  const TransferSetup& setup = transfer->setup_;
  transfer->look_ = setup.loop.multi().connections().LookAt(transfer->easy_, transfer->UsesTls(),
                                                            {remote_ip, remote_port, local_ip, local_port});
  if (transfer->look_ == Connections::Look::kSpeaks) setup.on_surplus();
  // What this request alone is to use needs no past to be trusted.
  const bool new_one = transfer->own_connection_ && transfer->look_ == Connections::Look::kDistrusted;
  if (new_one) transfer->look_ = Connections::Look::kSilent;
  transfer->connected_ = transfer->look_ == Connections::Look::kSilent;
  return transfer->connected_ ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void CurlTransfer::OnTransferDone(CURLcode result) {
  const bool refused = result == CURLE_ABORTED_BY_CALLBACK && look_ != Connections::Look::kSilent;
  if (refused && !own_connection_) {  // nothing was sent on it
    setup_.loop.multi().Remove(easy_);
    look_ = Connections::Look::kSilent;
    UseOwnConnection();
    setup_.loop.multi().Add(easy_, this);
    return;
  }
  code_ = result;
  waiter_.Set();
}

bool CurlTransfer::TakeMemoryFor(std::size_t body_bytes) {
  ByteBudget* budget = setup_.options.answer_memory;
  if (budget == nullptr || body_bytes <= kSmallBodyBytes) return true;
  if (memory_ == nullptr) memory_ = std::make_shared<ByteBudget::Share>(*budget);
  dropped_ = !memory_->GrowTo(static_cast<std::int64_t>(body_bytes));
  return !dropped_;
}

// At once, so that others on the loop get what it had. Ends the transfer.
std::size_t CurlTransfer::GiveUpBody() {
  memory_.reset();
  std::string().swap(body_);
  return 0;
}

std::size_t CurlTransfer::OnBody(char* data, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<CurlTransfer*>(self);
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
std::size_t CurlTransfer::OnHead(char*, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<CurlTransfer*>(self);
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

// To the platform, or to the proxy.
bool CurlTransfer::UsesTls() const {
  return absl::StartsWithIgnoreCase(request_.url.Reveal(), "https:") ||
         absl::StartsWithIgnoreCase(setup_.options.proxy.url, "https:");
}

bool CurlTransfer::RequestMayHaveLeft() const {
  return connected_ && Info(CURLINFO_REQUEST_SIZE) > 0;  // the size counts what a proxy was sent, too
}

HttpResult CurlTransfer::TakeResult() {
  if (code_ == CURLE_OK) return {HttpFailure::kNone, "", TakeResponse()};
  return {FailureOf(), DetailOf(), {}};
}

std::string CurlTransfer::DetailOf() const {
  if (too_large_) return absl::StrCat("the answer has more than ", body_bytes_max_, " bytes");
  if (dropped_) {
    return absl::StrCat("it does not fit into the ", setup_.options.answer_memory->bound(),
                        " bytes that large answers may take together (limits.memory_max_mb)");
  }
  if (head_bytes_ > kHeadBytesMax) {
    return absl::StrCat("the answer's headers have more than ", kHeadBytesMax, " bytes");
  }
  // What libcurl could not do then is what it must not do: send a write again.
  if (code_ == CURLE_SEND_FAIL_REWIND) return "the connection ended without an answer";
  if (connected_) return FailureText(code_, error_.data());
  if (!setup_.options.proxy.url.empty()) return ProxyDetail();
  return ConnectDetail(kPlatform, Info(CURLINFO_SSL_VERIFYRESULT));
}

// What kept the request from leaving.
std::string CurlTransfer::ConnectDetail(absl::string_view peer, long verify_result) const {
  if (look_ != Connections::Look::kSilent) return TextOf(look_);
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

// Empty when there is none.
std::string CurlTransfer::Header(const char* name) {
  curl_header* header = nullptr;
  const bool found = curl_easy_header(easy_, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
  return found ? header->value : "";
}

HttpResponse CurlTransfer::TakeResponse() {
  HttpResponse response;
  char* content_type = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_TYPE, &content_type);
  response.status = static_cast<int>(Info(CURLINFO_RESPONSE_CODE));
  if (content_type != nullptr) response.content_type = content_type;
  response.date = Header("Date");
  response.retry_after = Header("Retry-After");
  response.body = std::move(body_);
  response.memory = std::move(memory_);
  return response;
}

HttpFailure CurlTransfer::FailureOf() const {
  if (too_large_) return HttpFailure::kBodyTooLarge;
  if (dropped_) return HttpFailure::kAnswerDropped;
  const bool timed_out = code_ == CURLE_OPERATION_TIMEDOUT;
  if (RequestMayHaveLeft()) return timed_out ? HttpFailure::kTimedOut : HttpFailure::kNoAnswer;
  // A caller in a hurry says nothing about the host.
  if (timed_out && hurried_) return HttpFailure::kNotSentInTime;
  if (look_ != Connections::Look::kSilent) return HttpFailure::kNotSent;
  const bool of_the_host = IsOfTheHost(code_, Info(CURLINFO_OS_ERRNO)) && !IsOutOfSockets();
  return of_the_host ? HttpFailure::kNotSent : HttpFailure::kLocalFault;
}

}  // namespace firstmile::transport
