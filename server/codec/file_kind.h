// Detects the kinds of files that Shopee sends by their first bytes, since its media types are unreliable.
//
// Pure functions; safe from any thread.
#pragma once

#include "absl/strings/string_view.h"

namespace firstmile::codec {

// Labels are PDF files, several of them a ZIP file, some images. JSON, HTML and XML never count as a file.
enum class FileKind {
  kNone,       // none of these
  kUndecided,  // only blanks or part of a signature so far
  kPdf,
  kZip,
  kPng,
};

// `begin` is the body, or the part received so far. A few blanks and a byte-order mark at the start are
// skipped.
FileKind FileKindOf(absl::string_view begin);

inline bool IsFile(FileKind kind) {
  return kind != FileKind::kNone && kind != FileKind::kUndecided;
}

// Such as "application/pdf"; "application/octet-stream" for kNone.
absl::string_view MediaTypeOf(FileKind kind);

// Whether `media_type` belongs to another kind.
bool IsOfAnotherKind(absl::string_view media_type, FileKind kind);

}  // namespace firstmile::codec
