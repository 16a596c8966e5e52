#include "contract/message_leaves.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "firstmile/v1/options.pb.h"

namespace firstmile::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

const firstmile::v1::WireField& Wire(const FieldDescriptor& field) {
  return field.options().GetExtension(firstmile::v1::wire);
}

std::string Join(const std::string& prefix, const FieldDescriptor& field) {
  const absl::string_view name =
      Wire(field).name().empty() ? absl::string_view(field.name()) : Wire(field).name();
  const bool list = field.is_repeated() && !Wire(field).comma_joined();
  return absl::StrCat(prefix, prefix.empty() ? "" : ".", name, list ? "[]" : "");
}

// Hands out values that no other field has.
class Filler {
 public:
  void Fill(const std::string& prefix, Message* message) {
    const google::protobuf::Descriptor& type = *message->GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      if (!Wire(*type.field(i)).subject()) FillField(*type.field(i), Join(prefix, *type.field(i)), message);
    }
  }

  std::vector<Leaf> Release() { return std::move(leaves_); }

 private:
  void FillField(const FieldDescriptor& field, const std::string& path, Message* message) {
    const Reflection& reflection = *message->GetReflection();
    const int number = ++last_;
    const std::string text = absl::StrCat("text-", number);
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Fill(path, field.is_repeated() ? reflection.AddMessage(message, &field)
                                              : reflection.MutableMessage(message, &field));
      case FieldDescriptor::CPPTYPE_STRING:
        leaves_.push_back({path, text, "text"});
        return field.is_repeated() ? reflection.AddString(message, &field, text)
                                   : reflection.SetString(message, &field, text);
      case FieldDescriptor::CPPTYPE_INT32:
        leaves_.push_back({path, absl::StrCat(number), "integer"});
        return reflection.SetInt32(message, &field, number);
      case FieldDescriptor::CPPTYPE_INT64:
        leaves_.push_back({path, absl::StrCat(kBeyondDoubles + number), "integer"});
        return reflection.SetInt64(message, &field, kBeyondDoubles + number);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        leaves_.push_back({path, absl::StrCat(number, ".5"), "number"});
        return reflection.SetDouble(message, &field, number + 0.5);
      default:
        ADD_FAILURE() << field.full_name() << ": teach this test the type " << field.cpp_type_name();
    }
  }

  // Integers of this size are rounded when they pass through a double.
  static constexpr std::int64_t kBeyondDoubles = std::int64_t{1} << 60;

  std::vector<Leaf> leaves_;
  int last_ = 0;
};

// The number, for a value that this version of the contract does not name.
std::string EnumName(const FieldDescriptor& field, int number) {
  const google::protobuf::EnumValueDescriptor* value = field.enum_type()->FindValueByNumber(number);
  return value == nullptr ? std::to_string(number) : std::string(value->name());
}

Leaf LeafOf(const Message& message, const FieldDescriptor& field, int index, const std::string& path) {
  const Reflection& reflection = *message.GetReflection();
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return {
          path,
          list ? reflection.GetRepeatedString(message, &field, index) : reflection.GetString(message, &field),
          field.type() == FieldDescriptor::TYPE_BYTES ? "file" : "text"};
    case FieldDescriptor::CPPTYPE_INT32:
      return {path, absl::StrCat(reflection.GetInt32(message, &field)), "integer"};
    case FieldDescriptor::CPPTYPE_INT64:
      return {path, absl::StrCat(reflection.GetInt64(message, &field)), "integer"};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {path, reflection.GetBool(message, &field) ? "true" : "false", "truth"};
    case FieldDescriptor::CPPTYPE_ENUM:
      return {path, EnumName(field, reflection.GetEnumValue(message, &field)), "state"};
    default:
      ADD_FAILURE() << field.full_name() << ": teach this test the type " << field.cpp_type_name();
      return {path, "", ""};
  }
}

void AppendLeaves(const Message& message, const std::string& prefix, std::vector<Leaf>* out) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> given;
  reflection.ListFields(message, &given);
  for (const FieldDescriptor* field : given) {
    if (field->is_map()) continue;
    const std::string path = Join(prefix, *field);
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->message_type() == nullptr) {
        out->push_back(LeafOf(message, *field, i, path));
      } else {
        AppendLeaves(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                          : reflection.GetMessage(message, field),
                     path, out);
      }
    }
  }
}

void AppendLeaves(const boost::json::value& value, const std::string& path, std::vector<Leaf>* out) {
  if (value.is_object()) {
    for (const auto& [name, member] : value.get_object()) {
      AppendLeaves(member, absl::StrCat(path, path.empty() ? "" : ".", std::string(name)), out);
    }
  } else if (value.is_array()) {
    for (const boost::json::value& item : value.get_array())
      AppendLeaves(item, absl::StrCat(path, "[]"), out);
  } else if (value.is_string()) {
    out->push_back({path, std::string(value.get_string()), "text"});
  } else {
    const char* kind = value.is_double() ? "number"
                       : value.is_bool() ? "truth"
                       : value.is_null() ? "null"
                                         : "integer";
    const std::string text =
        value.is_double() ? absl::StrCat(value.get_double()) : boost::json::serialize(value);
    out->push_back({path, text, kind});
  }
}

}  // namespace

std::vector<Leaf> FillEveryField(Message* message) {
  Filler filler;
  filler.Fill("", message);
  return filler.Release();
}

std::vector<Leaf> LeavesOf(const Message& message) {
  std::vector<Leaf> leaves;
  AppendLeaves(message, "", &leaves);
  return leaves;
}

std::vector<Leaf> LeavesOfJson(const std::string& json) {
  std::vector<Leaf> leaves;
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(json, error);
  EXPECT_FALSE(error) << json;
  AppendLeaves(value, "", &leaves);
  return leaves;
}

std::string LastName(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  absl::string_view name = absl::string_view(path).substr(dot == std::string::npos ? 0 : dot + 1);
  absl::ConsumeSuffix(&name, "[]");
  return std::string(name);
}

}  // namespace firstmile::testing
