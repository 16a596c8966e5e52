#include "errors/vendor_codes.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "errors/vendor_codes_page.h"

namespace firstmile::errors {
namespace {

const ErrorPage* ReadPage() {
  absl::StatusOr<ErrorPage> page = ErrorPage::Parse(VendorCodesPage());
  if (!page.ok()) {
    std::fprintf(stderr, "vendor_codes.md is broken: %s\n", std::string(page.status().message()).c_str());
    std::abort();
  }
  return new ErrorPage(*std::move(page));
}

}  // namespace

const ErrorPage& VendorCodes() {
  static const ErrorPage* const page = ReadPage();  // never freed: error classes point into it until the end
  return *page;
}

}  // namespace firstmile::errors
