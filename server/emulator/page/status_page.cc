#include "emulator/page/status_page.h"

#include <absl/strings/str_replace.h>

#include <string>

#include "emulator/page/parts.h"

namespace emulator::page {
namespace {

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

http::Answer StatusPage() {
  static const std::string* const page = new std::string(absl::StrReplaceAll(
      View(kStatusHtml), {{"<!--css-->", View(kStatusCss)}, {"<!--script-->", View(kStatusScript)}}));
  http::Answer answer;
  answer.content_type = "text/html; charset=utf-8";
  answer.headers = {{"Cache-Control", "no-store"},
                    {"Content-Security-Policy",
                     "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                     "connect-src 'self'; img-src data:; frame-ancestors 'none'"}};
  answer.body = *page;
  return answer;
}

http::Answer RedirectToStatusPage() {
  http::Answer answer;
  answer.status = 302;
  answer.content_type = "text/plain";
  answer.headers = {{"Location", "/_emulator/ui"}};
  return answer;
}

}  // namespace emulator::page
