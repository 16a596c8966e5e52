#include "transport/tls_failure.h"

#include <openssl/x509_vfy.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace firstmile::transport {
namespace {

// Texts of OpenSSL and of the peer's alert about TLS versions.
bool MentionsVersions(absl::string_view said) {
  const std::string lower = absl::AsciiStrToLower(said);
  for (const absl::string_view words : {"protocol version", "unsupported protocol", "no protocols available",
                                        "wrong ssl version", "version too low"}) {
    if (absl::StrContains(lower, words)) return true;
  }
  return false;
}

// "no alternative certificate subject name matches target ...", "... does not match target ...".
bool MentionsAnotherHost(absl::string_view said) {
  return absl::StrContains(said, "match") && absl::StrContains(said, " target ");
}

// What follows "its certificate".
std::string CertificateText(long verify_result, absl::string_view said) {
  switch (verify_result) {
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED:  // libcurl's value for "unknown"
      return absl::StrCat(MentionsAnotherHost(said) ? "is for another host: " : "is not accepted: ", said);
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "is not valid yet; is this machine's clock right?";
    case X509_V_ERR_CERT_REVOKED:
      return "has been revoked";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "is of an authority that is not trusted (upstream.ca_file)";
    default:
      return absl::StrCat("is not accepted: ", X509_verify_cert_error_string(verify_result));
  }
}

}  // namespace

std::string TlsFailureText(CURLcode code, long verify_result, absl::string_view said,
                           absl::string_view peer) {
  const bool connect_failed = code == CURLE_SSL_CONNECT_ERROR;
  if (code == CURLE_PEER_FAILED_VERIFICATION || (connect_failed && verify_result > X509_V_ERR_UNSPECIFIED)) {
    return absl::StrCat("TLS: the certificate of ", peer, " ", CertificateText(verify_result, said));
  }
  if (!connect_failed || !MentionsVersions(said)) return "";
  return absl::StrCat("TLS: ", peer, " supports neither TLS 1.2 nor TLS 1.3");
}

}  // namespace firstmile::transport
