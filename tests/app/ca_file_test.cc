// A file without a usable certificate is refused at start, in one line.
#include "app/ca_file.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "support/temp_file.h"
#include "support/test_certificate.h"

namespace firstmile::app {
namespace {

using ::firstmile::testing::kCertificateOfJanuary2020;
using ::firstmile::testing::TempPath;
using ::firstmile::testing::WriteTempFile;

constexpr std::time_t kMidJanuary2020 = 1'579'000'000;
constexpr std::time_t kYear = 365 * 86400;

std::string PrivateKeyPem() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  const char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

absl::StatusOr<CaFileContent> Inspect(const std::string& text, std::time_t now = kMidJanuary2020) {
  return InspectCaFile(WriteTempFile("ca.pem", text), now);
}

void ExpectRefused(const absl::StatusOr<CaFileContent>& content, absl::string_view why) {
  ASSERT_FALSE(content.ok()) << why << ": holds " << content->certificates;
  EXPECT_TRUE(absl::StrContains(content.status().message(), why)) << content.status();
  EXPECT_TRUE(absl::StrContains(content.status().message(), TempPath("ca"))) << content.status();
  EXPECT_FALSE(absl::StrContains(content.status().message(), "\n")) << content.status();
}

TEST(CaFileTest, CountsTheCertificatesAmongWhatElseIsThere) {
  const std::string certificate = kCertificateOfJanuary2020;
  const absl::StatusOr<CaFileContent> content =
      Inspect(absl::StrCat("# ours\n", certificate, PrivateKeyPem(), "\n", certificate));
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->certificates, 2);
  EXPECT_EQ(content->not_valid_now, 0);
}

TEST(CaFileTest, TellsCertificatesThatAreNotValidNow) {
  const std::string certificate = kCertificateOfJanuary2020;
  EXPECT_EQ(Inspect(certificate + certificate, kMidJanuary2020 + kYear)->not_valid_now, 2);
  EXPECT_EQ(Inspect(certificate, kMidJanuary2020 - kYear)->not_valid_now, 1);
}

TEST(CaFileTest, AFileThatCannotBeReadIsRefused) {
  ExpectRefused(InspectCaFile(TempPath("ca-missing.pem"), kMidJanuary2020), "No such file");
  const std::string folder = TempPath("ca-folder");
  mkdir(folder.c_str(), 0700);
  ExpectRefused(InspectCaFile(folder, kMidJanuary2020), "not a regular file");
  const std::string pipe = TempPath("ca-pipe");
  mkfifo(pipe.c_str(), 0600);
  ExpectRefused(InspectCaFile(pipe, kMidJanuary2020), "not a regular file");
}

TEST(CaFileTest, AFileWithoutACertificateIsRefused) {
  ExpectRefused(Inspect(""), "is empty");
  ExpectRefused(Inspect("\n"), "holds no certificate");
  ExpectRefused(Inspect("garbage"), "holds no certificate");
  ExpectRefused(Inspect(std::string(4096, '\0')), "holds no certificate");
  ExpectRefused(Inspect(PrivateKeyPem()), "holds no certificate");
  ExpectRefused(Inspect("-----BEGIN CERTIFICATE-----\n"), "PEM block that cannot be read");
}

TEST(CaFileTest, OneDamagedCertificateSpoilsTheFileAsItDoesForTls) {
  const std::string whole = kCertificateOfJanuary2020;
  std::string damaged = whole;
  damaged.replace(damaged.find("MIIB"), 4, "AAAA");
  ExpectRefused(Inspect(whole + damaged), "PEM block that cannot be read");
  ExpectRefused(Inspect(whole + whole.substr(0, whole.size() / 2)), "PEM block that cannot be read");
}

TEST(CaFileTest, AFileBeyondTheLimitIsRefused) {
  ExpectRefused(Inspect(kCertificateOfJanuary2020 + std::string(kCaFileBytesMax, '\n')),
                "is longer than 8388608 bytes");
}

}  // namespace
}  // namespace firstmile::app
