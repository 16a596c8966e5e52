#include "gateway/file_sink.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "codec/file_kind.h"
#include "text/clean_text.h"

namespace firstmile::gateway {
namespace {

// Longer than any meaningful media type.
constexpr std::size_t kContentTypeBytesMax = 128;

// A file is never a text, whatever media type Shopee sends.
bool IsTypeOfTexts(absl::string_view content_type) {
  const std::string type = absl::AsciiStrToLower(content_type);
  return absl::StartsWith(type, "text/") || absl::StrContains(type, "json") || absl::StrContains(type, "xml");
}

}  // namespace

bool LooksLikeFile(int status, absl::string_view body) {
  return status == 200 && codec::IsFile(codec::FileKindOf(body));
}

std::string FileMediaType(std::string content_type, absl::string_view begin, const secrets::Mask& mask) {
  mask.Apply(&content_type);
  const codec::FileKind kind = codec::FileKindOf(begin);
  const absl::string_view type = absl::StripAsciiWhitespace(content_type);
  const bool own = !type.empty() && !IsTypeOfTexts(type) && !codec::IsOfAnotherKind(type, kind);
  return own ? text::CleanText(content_type, kContentTypeBytesMax) : std::string(codec::MediaTypeOf(kind));
}

transport::BodySink::Choice FileSink::Choose(const transport::AnswerHead& head, absl::string_view begin) {
  if (codec::FileKindOf(begin) == codec::FileKind::kUndecided) return Choice::kMore;
  if (!LooksLikeFile(head.status, begin)) return Choice::kLeave;
  if (on_begin_) on_begin_();
  Begin(FileMediaType(head.content_type, begin, *mask_), head.body_bytes);
  return Choice::kTake;
}

}  // namespace firstmile::gateway
