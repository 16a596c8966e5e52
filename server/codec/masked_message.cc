#include "codec/masked_message.h"

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace firstmile::codec {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void MaskTexts(const secrets::Mask& mask, const FieldDescriptor* field, Message* message) {
  const Reflection& reflection = *message->GetReflection();
  if (!field->is_repeated()) {
    std::string text = reflection.GetString(*message, field);
    if (mask.Apply(&text)) reflection.SetString(message, field, std::move(text));
    return;
  }
  for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
    std::string text = reflection.GetRepeatedString(*message, field, i);
    if (mask.Apply(&text)) reflection.SetRepeatedString(message, field, i, std::move(text));
  }
}

void MaskMessages(const secrets::Mask& mask, const FieldDescriptor* field, Message* message) {
  const Reflection& reflection = *message->GetReflection();
  if (!field->is_repeated()) return MaskMessage(mask, reflection.MutableMessage(message, field));
  for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
    MaskMessage(mask, reflection.MutableRepeatedMessage(message, field, i));
  }
}

}  // namespace

void MaskMessage(const secrets::Mask& mask, Message* message) {
  std::vector<const FieldDescriptor*> fields;
  message->GetReflection()->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      MaskTexts(mask, field, message);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      MaskMessages(mask, field, message);
    }
  }
}

}  // namespace firstmile::codec
