// Arbitrary requests: the contract's checks, and the signed call made from accepted ones.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "errors/status.h"
#include "fuzz/contract.h"
#include "fuzz/fuzz.h"
#include "signing/signed_url.h"
#include "signing/signer.h"

namespace firstmile::fuzzing {
namespace {

constexpr std::size_t kMessageBytesMax = 64 * 1024;

void CheckRefusal(const std::vector<errors::Violation>& violations, const std::string& operation) {
  Promise(violations.size() <= endpoints::RequestRules::kViolationsMax, "violations are bounded");
  const google::rpc::Status status = errors::InvalidRequest(violations, operation);
  Promise(CanBeRead(status), "clients can read the error");
  Promise(status.message().size() <= kMessageBytesMax && IsOneLine(status.message()),
          "an error is one line of a bounded length", status.message());
}

void CheckBody(const std::string& body) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(body, error);
  Promise(!error && value.is_object(), "the body is a JSON object", body);
}

bool IsPlain(absl::string_view url) {
  return std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

// What was signed is sent: the parsed URL has the parameters that were put in.
void CheckQuery(const endpoints::Endpoint& endpoint, const signing::QueryParameters& query) {
  static const signing::Signer signer(2001887, secrets::Secret(std::string(64, 'k')));
  const signing::Subject subject{
      .parameter = "shop_id", .id = 600000, .access_token = secrets::Secret(std::string("t0ken=&%"))};
  const signing::SignedCall call = signer.SignCall("https://platform.test", endpoint.path,
                                                   absl::FromUnixSeconds(1'700'000'000), subject, query);
  Promise(IsPlain(call.url.Reveal()), "a URL has printable ASCII alone");
  const absl::StatusOr<signing::SignedUrl> url = signing::ParseSignedUrl(call.url.Reveal());
  if (query.size() + 5 > signing::SignedUrl::kParametersMax) return;
  Promise(url.ok(), "a signed URL can be taken apart");
  Promise(url->path.Reveal() == endpoint.path && url->ValueOf("sign") == call.sign.Reveal() &&
              url->ValueOf("access_token") == subject.access_token.Reveal(),
          "it has the path, the signature and the token");
  Promise(url->parameters.size() == query.size() + 5, "it has as many parameters");
  for (std::size_t i = 0; i < query.size(); ++i) {
    const signing::UrlParameter& parameter = url->parameters[i + 5];
    Promise(parameter.name.Reveal() == query[i].first && parameter.value.Reveal() == query[i].second,
            "parameters arrive as they were given", query[i].second);
  }
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const Operation operation = OperationAt(input.Byte());
  const auto request = RequestFrom(operation, input.Rest());
  const auto violations = operation.endpoint->rules.Check(*request);
  if (!violations.empty()) {
    CheckRefusal(violations, operation.endpoint->operation);
    return 0;
  }
  const firstmile::codec::WireRequest wire = operation.endpoint->encoder.Encode(*request);
  if (operation.endpoint->verb == firstmile::endpoints::HttpVerb::kPost) CheckBody(wire.body);
  CheckQuery(*operation.endpoint, wire.query);
  return 0;
}

}  // namespace firstmile::fuzzing
