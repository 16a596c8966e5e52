// Copies a field between messages of different types.
//
// Pure functions; safe from any thread.
#pragma once

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::endpoints {

// Whether a value of `from` can be copied to `to`: same type, both or neither repeated. Never for maps.
bool SameShape(const google::protobuf::FieldDescriptor& from, const google::protobuf::FieldDescriptor& to);

// REQUIRES: SameShape. An absent field stays absent.
void CopyField(const google::protobuf::Message& source, const google::protobuf::FieldDescriptor& from,
               google::protobuf::Message* target, const google::protobuf::FieldDescriptor& to);

}  // namespace firstmile::endpoints
