#include "codec/file_kind.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "codec/byte_order_mark.h"

namespace firstmile::codec {
namespace {

struct Magic {
  FileKind kind;
  absl::string_view bytes;
  absl::string_view media_type;
};

constexpr Magic kMagics[] = {
    {FileKind::kPdf, "%PDF-", "application/pdf"},
    {FileKind::kZip, "PK\x03\x04", "application/zip"},
    {FileKind::kPng, "\x89PNG\r\n\x1A\n", "image/png"},
};

// Most blanks before a file's first byte.
constexpr std::size_t kBlankBytesMax = 1024;

}  // namespace

FileKind FileKindOf(absl::string_view begin) {
  absl::string_view rest = absl::StripLeadingAsciiWhitespace(begin);
  if (absl::ConsumePrefix(&rest, kByteOrderMark)) rest = absl::StripLeadingAsciiWhitespace(rest);
  const std::size_t blank = begin.size() - rest.size();
  if (blank > kBlankBytesMax + kByteOrderMark.size()) return FileKind::kNone;
  if (rest.empty() || absl::StartsWith(kByteOrderMark, rest)) return FileKind::kUndecided;
  for (const Magic& magic : kMagics) {
    if (absl::StartsWith(rest, magic.bytes)) return magic.kind;
    if (absl::StartsWith(magic.bytes, rest)) return FileKind::kUndecided;
  }
  return FileKind::kNone;
}

absl::string_view MediaTypeOf(FileKind kind) {
  for (const Magic& magic : kMagics) {
    if (magic.kind == kind) return magic.media_type;
  }
  return "application/octet-stream";
}

bool IsOfAnotherKind(absl::string_view media_type, FileKind kind) {
  return std::any_of(std::begin(kMagics), std::end(kMagics), [media_type, kind](const Magic& magic) {
    return magic.kind != kind && absl::StartsWithIgnoreCase(media_type, magic.media_type);
  });
}

}  // namespace firstmile::codec
