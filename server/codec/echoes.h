// Is an answer about what its request asked for? Where the platform repeats a value of the request, the two
// are compared.
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

// The platform trims texts, and spells some in capitals. An empty text, or a lone "-", names nothing.
bool NamesTheSame(absl::string_view one, absl::string_view other);

// The status of an answer that names something else: kFailedPrecondition. What it names is not shown: it may
// be another shop's.
absl::Status AboutAnother(absl::string_view path, absl::string_view what);
bool IsAboutAnother(const absl::Status& status);

class Echoes {
 public:
  // Reads (wire).echo_of of the response's fields and of the elements of its lists. Fails with
  // kInvalidArgument and the field's name when the request has no such text, or when the option stands
  // deeper.
  static absl::StatusOr<Echoes> Compile(const google::protobuf::Descriptor& request,
                                        const google::protobuf::Descriptor& response);

  // AboutAnother when a text in `response` names something that `request` does not; `payload` is the JSON
  // path of the payload. What either side leaves empty fits.
  absl::Status Check(const google::protobuf::Message& request, const google::protobuf::Message& response,
                     absl::string_view payload) const;

 private:
  struct Echo {
    const google::protobuf::FieldDescriptor* list;  // of messages that hold `field`; null: the response does
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
