// A component of a URL that libcurl has parsed.
//
// Safe from any thread, provided no other thread uses the URL.
#pragma once

#include <curl/curl.h>

#include <string>

namespace firstmile::transport {

// `flags` are those of curl_url_get. Empty when the URL has no such component.
inline std::string UrlPart(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

}  // namespace firstmile::transport
