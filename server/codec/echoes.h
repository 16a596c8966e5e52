// Checks that an answer belongs to its request, by comparing the request values that Shopee repeats.
//
// Immutable after Compile; safe to share between threads. Part of ResponseDecoder.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::codec {

// Ignores surrounding blanks and case, since Shopee trims texts and capitalizes some. An empty text or "-"
// names nothing.
bool NamesTheSame(absl::string_view one, absl::string_view other);

// The status for an answer about something else: kFailedPrecondition. It does not quote the answer, which may
// be about another shop.
absl::Status AboutAnother(absl::string_view path, absl::string_view what);
bool IsAboutAnother(const absl::Status& status);

class Echoes {
 public:
  // Reads (wire).echo_of of the response's fields and of its lists' elements. Fails with kInvalidArgument and
  // the field's name when the request lacks the named field, a text or an integer as this one is, or when the
  // option is nested deeper.
  static absl::StatusOr<Echoes> Compile(const google::protobuf::Descriptor& request,
                                        const google::protobuf::Descriptor& response);

  // Returns AboutAnother when a text or integer in `response` names something that `request` does not;
  // `payload` is the payload's JSON path. Empty values on either side match.
  absl::Status Check(const google::protobuf::Message& request, const google::protobuf::Message& response,
                     absl::string_view payload) const;

 private:
  struct Echo {
    const google::protobuf::FieldDescriptor* list;  // whose elements contain `field`; null: the response does
    const google::protobuf::FieldDescriptor* field;
    const google::protobuf::FieldDescriptor* asked;
  };

  absl::Status Add(const google::protobuf::Descriptor& request, const google::protobuf::FieldDescriptor* list,
                   const google::protobuf::FieldDescriptor& field);

  absl::Status AddInside(const google::protobuf::Descriptor& request,
                         const google::protobuf::FieldDescriptor& field);

  std::vector<Echo> echoes_;
};

}  // namespace firstmile::codec
