// The status for any error code and text of Shopee.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "errors/error_class.h"
#include "errors/secret_parameters.h"
#include "errors/status.h"
#include "fuzz/contract.h"
#include "fuzz/fuzz.h"
#include "google/rpc/error_details.pb.h"

namespace firstmile::fuzzing {
namespace {

// A code, a text and a few words around them.
constexpr std::size_t kMessageBytesMax = errors::kVendorTextMax + 512;
constexpr std::size_t kMetadataBytesMax = 512;
constexpr absl::string_view kCanary = "c4nary-7f3a51";
const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

void CheckDetails(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  Promise(status.details_size() > 0 && status.details(0).UnpackTo(&info), "every error has an ErrorInfo");
  Promise(!info.reason().empty() && info.domain() == errors::kDomain, "with a reason and our domain");
  for (const auto& [key, value] : info.metadata()) {
    Promise(IsOneLine(value), "metadata is clean", value);
    Promise(value.size() <= kMetadataBytesMax, "metadata is bounded", key);
  }
}

void CheckErrorClass(const errors::UpstreamFailure& failure) {
  const errors::ErrorClass error_class = errors::ClassifyError(failure, kNow);
  const errors::Explanation explained =
      errors::Explain(failure.vendor_code, failure.vendor_message, failure.http_status, kNow);
  Promise(error_class.code != errors::Code::kOk, "an error is never OK");
  Promise(
      error_class.reason == explained.error_class.reason && error_class.code == explained.error_class.code,
      "ExplainError tells what a call would get");
  Promise(!error_class.retry_after.has_value() || *error_class.retry_after > absl::ZeroDuration(),
          "a pause takes time");
  const google::rpc::Status status = errors::FromUpstream(error_class, failure, "FirstMileService/GetDetail");
  Promise(status.code() != 0, "nor is its status");
  Promise(CanBeRead(status) && IsOneLine(status.message()), "the message is one line of UTF-8",
          status.message());
  Promise(status.message().size() <= kMessageBytesMax, "the message is bounded", status.message());
  CheckDetails(status);
}

// Secret parameters are masked, whatever surrounds them.
void CheckMasking(absl::string_view before, absl::string_view after) {
  if (absl::StrContains(before, kCanary) || absl::StrContains(after, kCanary)) return;
  for (const absl::string_view name : {"sign", "access_token", "refresh_token"}) {
    const std::string text = absl::StrCat(before, name, "=", kCanary, after);
    const std::string masked = errors::WithoutSecretParameters(text);
    Promise(!absl::StrContains(masked, kCanary), "the value of a secret parameter is masked", masked);
    errors::UpstreamFailure failure{.vendor_code = "error_param", .vendor_message = text, .http_status = 400};
    const google::rpc::Status status =
        errors::FromUpstream(errors::ClassifyError(failure, kNow), failure, "a/b");
    Promise(!absl::StrContains(status.SerializeAsString(), kCanary), "also in the error", status.message());
  }
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  firstmile::errors::UpstreamFailure failure;
  failure.http_status = static_cast<std::int16_t>(input.Number());
  failure.vendor_code = std::string(input.Text());
  failure.request_id = std::string(input.Text());
  failure.vendor_message = std::string(input.Rest());
  CheckErrorClass(failure);
  CheckMasking(failure.vendor_code, failure.vendor_message);
  return 0;
}

}  // namespace firstmile::fuzzing
