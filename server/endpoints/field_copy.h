// Copies a field between messages of different types.
//
// Pure functions; safe from any thread.
#pragma once

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace firstmile::endpoints {

// True when a value of `from` is a value of `to`: same type, same plurality. Maps never are.
bool SameShape(const google::protobuf::FieldDescriptor& from, const google::protobuf::FieldDescriptor& to);

// The fields have the same shape. An absent field stays absent.
void CopyField(const google::protobuf::Message& source, const google::protobuf::FieldDescriptor& from,
               google::protobuf::Message* target, const google::protobuf::FieldDescriptor& to);

}  // namespace firstmile::endpoints
