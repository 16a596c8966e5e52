#include "endpoints/field_copy.h"

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::endpoints {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void CopySingle(const Message& source, const FieldDescriptor* from, Message* target,
                const FieldDescriptor* to) {
  const Reflection& in = *source.GetReflection();
  const Reflection& out = *target->GetReflection();
  switch (from->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return out.SetInt32(target, to, in.GetInt32(source, from));
    case FieldDescriptor::CPPTYPE_INT64:
      return out.SetInt64(target, to, in.GetInt64(source, from));
    case FieldDescriptor::CPPTYPE_UINT32:
      return out.SetUInt32(target, to, in.GetUInt32(source, from));
    case FieldDescriptor::CPPTYPE_UINT64:
      return out.SetUInt64(target, to, in.GetUInt64(source, from));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return out.SetDouble(target, to, in.GetDouble(source, from));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return out.SetFloat(target, to, in.GetFloat(source, from));
    case FieldDescriptor::CPPTYPE_BOOL:
      return out.SetBool(target, to, in.GetBool(source, from));
    case FieldDescriptor::CPPTYPE_ENUM:
      return out.SetEnumValue(target, to, in.GetEnumValue(source, from));
    case FieldDescriptor::CPPTYPE_STRING:
      return out.SetString(target, to, in.GetString(source, from));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return out.MutableMessage(target, to)->CopyFrom(in.GetMessage(source, from));
  }
}

void CopyElement(const Message& source, const FieldDescriptor* from, int i, Message* target,
                 const FieldDescriptor* to) {
  const Reflection& in = *source.GetReflection();
  const Reflection& out = *target->GetReflection();
  switch (from->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return out.AddInt32(target, to, in.GetRepeatedInt32(source, from, i));
    case FieldDescriptor::CPPTYPE_INT64:
      return out.AddInt64(target, to, in.GetRepeatedInt64(source, from, i));
    case FieldDescriptor::CPPTYPE_UINT32:
      return out.AddUInt32(target, to, in.GetRepeatedUInt32(source, from, i));
    case FieldDescriptor::CPPTYPE_UINT64:
      return out.AddUInt64(target, to, in.GetRepeatedUInt64(source, from, i));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return out.AddDouble(target, to, in.GetRepeatedDouble(source, from, i));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return out.AddFloat(target, to, in.GetRepeatedFloat(source, from, i));
    case FieldDescriptor::CPPTYPE_BOOL:
      return out.AddBool(target, to, in.GetRepeatedBool(source, from, i));
    case FieldDescriptor::CPPTYPE_ENUM:
      return out.AddEnumValue(target, to, in.GetRepeatedEnumValue(source, from, i));
    case FieldDescriptor::CPPTYPE_STRING:
      return out.AddString(target, to, in.GetRepeatedString(source, from, i));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return out.AddMessage(target, to)->CopyFrom(in.GetRepeatedMessage(source, from, i));
  }
}

}  // namespace

bool SameShape(const FieldDescriptor& from, const FieldDescriptor& to) {
  return !from.is_map() && !to.is_map() && from.is_repeated() == to.is_repeated() &&
         from.type() == to.type() && from.message_type() == to.message_type() &&
         from.enum_type() == to.enum_type();
}

void CopyField(const Message& source, const FieldDescriptor& from, Message* target,
               const FieldDescriptor& to) {
  const Reflection& in = *source.GetReflection();
  if (!from.is_repeated()) {
    if (in.HasField(source, &from)) CopySingle(source, &from, target, &to);
    return;
  }
  const int size = in.FieldSize(source, &from);
  for (int i = 0; i < size; ++i) CopyElement(source, &from, i, target, &to);
}

}  // namespace firstmile::endpoints
