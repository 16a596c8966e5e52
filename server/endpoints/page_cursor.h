// How a paged list is read page after page: where its request says which page, and its response whether
// another follows.
//
// Immutable after Compile; safe to share between threads. Part of StreamEndpoint.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::endpoints {

struct Endpoint;

// What a page says about the next page.
struct NextPage {
  enum class Kind {
    kNone,     // this page is the last
    kAt,       // it starts at `cursor`
    kNowhere,  // there is one, but its cursor is missing
    kUnknown,  // the page does not say
  };
  Kind kind = Kind::kNone;
  std::string cursor = "";
};

// A list has cursors, or numbered pages, whose cursor is the page's number in decimal digits. The cursor of
// the first page is empty.
class PageCursor {
 public:
  // Not paged.
  PageCursor() = default;

  // Fails with kInvalidArgument and the message's name when the two lack the fields that `source.paging`
  // needs.
  static absl::StatusOr<PageCursor> Compile(const Endpoint& source,
                                            const google::protobuf::Descriptor& request,
                                            const google::protobuf::Descriptor& response);

  // Longest cursor in a request.
  std::size_t bytes_max() const { return bytes_max_; }

  // False for a text that no page of this list can have.
  bool CanBe(absl::string_view cursor) const;

  std::string Get(const google::protobuf::Message& request) const;
  // REQUIRES: CanBe(cursor).
  void Set(google::protobuf::Message* request, std::string cursor) const;

  // What the answer `page` to `request` says about the next page. If `more` cannot be read, the cursor
  // decides.
  NextPage Next(const google::protobuf::Message& request, const google::protobuf::Message& page) const;

 private:
  using Field = const google::protobuf::FieldDescriptor*;

  // A field of the message, or of a message inside.
  struct Place {
    Field holder = nullptr;  // null: the message itself
    Field field = nullptr;
  };

  static Place Find(const google::protobuf::Descriptor& type, absl::string_view name, int kind);
  static const google::protobuf::Message& HolderOf(const google::protobuf::Message& message,
                                                   const Place& place);

  absl::Status CompileCursors(const google::protobuf::Descriptor& request,
                              const google::protobuf::Descriptor& response);
  absl::Status CompileNumbers(const google::protobuf::Descriptor& request,
                              const google::protobuf::Descriptor& response);
  NextPage NextNumber(const google::protobuf::Message& request, const google::protobuf::Message& page) const;
  bool IsUnclear(const google::protobuf::Message& page, const Place& place) const;
  bool More(const google::protobuf::Message& page) const;
  bool RowsAreLeft(const google::protobuf::Message& request, const google::protobuf::Message& page) const;
  std::int64_t PageNumber(const google::protobuf::Message& request) const;

  std::size_t bytes_max_ = 0;
  Place cursor_;       // in the request
  Place next_cursor_;  // in the response
  Place more_;         // in the response
  Place total_;        // in the response, where there is no `more`
  Field page_no_ = nullptr;
  Field page_size_ = nullptr;
  std::int64_t default_page_size_ = 0;
  Field header_ = nullptr;  // in the response
};

}  // namespace firstmile::endpoints
