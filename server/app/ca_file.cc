#include "app/ca_file.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "secrets/bounded_file.h"

namespace firstmile::app {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

void FreeAll(STACK_OF(X509_INFO) * blocks) {
  sk_X509_INFO_pop_free(blocks, &X509_INFO_free);
}
using PemBlocks = std::unique_ptr<STACK_OF(X509_INFO), decltype(&FreeAll)>;

absl::Status Refused(const std::string& path, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(path, " ", why));
}

absl::StatusOr<std::string> ReadRegularFile(const std::string& path) {
  struct stat about{};
  if (stat(path.c_str(), &about) != 0) {
    return absl::NotFoundError(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  if (!S_ISREG(about.st_mode)) return Refused(path, "is not a regular file");  // a pipe would block the start
  absl::StatusOr<std::string> text = secrets::ReadBoundedFile(path, kCaFileBytesMax);
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(absl::StrCat("cannot read ", path, ": ", text.status().message()));
  }
  if (!text.ok()) return Refused(path, absl::StrCat("cannot be read: ", text.status().message()));
  if (text->empty()) return Refused(path, "is empty");
  return text;
}

bool IsValidAt(const X509* certificate, std::time_t now) {
  return X509_cmp_time(X509_get0_notBefore(certificate), &now) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate), &now) > 0;
}

}  // namespace

absl::StatusOr<CaFileContent> InspectCaFile(const std::string& path, std::time_t now) {
  const absl::StatusOr<std::string> text = ReadRegularFile(path);
  if (!text.ok()) return text.status();
  const Bio bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())), &BIO_free);
  const PemBlocks blocks(PEM_X509_INFO_read_bio(bio.get(), nullptr, nullptr, nullptr), &FreeAll);
  ERR_clear_error();
  if (blocks == nullptr)
    return Refused(path, "has a PEM block that cannot be read; is it cut off or edited?");
  CaFileContent content;
  for (int i = 0; i < sk_X509_INFO_num(blocks.get()); ++i) {
    const X509* certificate = sk_X509_INFO_value(blocks.get(), i)->x509;
    if (certificate == nullptr) continue;
    ++content.certificates;
    if (!IsValidAt(certificate, now)) ++content.not_valid_now;
  }
  if (content.certificates == 0) {
    return Refused(path, "holds no certificate in PEM (\"-----BEGIN CERTIFICATE-----\")");
  }
  return content;
}

}  // namespace firstmile::app
