#include "contract/message_leaves.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "firstmile/mapping/options.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace firstmile::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

const firstmile::mapping::WireField& Wire(const FieldDescriptor& field) {
  return field.options().GetExtension(firstmile::mapping::wire);
}

// The text sent: declared, or the name without the enum's prefix.
std::string TextOf(const google::protobuf::EnumValueDescriptor& value) {
  const auto& names = value.options().GetExtension(firstmile::mapping::wire_enum).names();
  if (!names.empty()) return names.Get(0);
  const absl::string_view prefix = absl::StripSuffix(value.type()->value(0)->name(), "UNSPECIFIED");
  return std::string(absl::StripPrefix(value.name(), prefix));
}

bool IsTime(const FieldDescriptor& field) {
  return field.message_type() == google::protobuf::Timestamp::descriptor();
}

std::string Join(const std::string& prefix, const FieldDescriptor& field) {
  const absl::string_view name =
      Wire(field).name().empty() ? absl::string_view(field.name()) : Wire(field).name();
  const bool list = field.is_repeated() && !Wire(field).comma_joined();
  return absl::StrCat(prefix, prefix.empty() ? "" : ".", name, list ? "[]" : "");
}

// Produces unique values.
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
        if (IsTime(field)) return FillTime(field, path, message);
        return Fill(path, field.is_repeated() ? reflection.AddMessage(message, &field)
                                              : reflection.MutableMessage(message, &field));
      case FieldDescriptor::CPPTYPE_STRING:
        leaves_.push_back({path, text, "text"});
        return field.is_repeated() ? reflection.AddString(message, &field, text)
                                   : reflection.SetString(message, &field, text);
      case FieldDescriptor::CPPTYPE_INT32:
        leaves_.push_back({path, absl::StrCat(number), "integer"});
        return field.is_repeated() ? reflection.AddInt32(message, &field, number)
                                   : reflection.SetInt32(message, &field, number);
      case FieldDescriptor::CPPTYPE_BOOL:
        leaves_.push_back({path, "true", "truth"});
        return reflection.SetBool(message, &field, true);
      case FieldDescriptor::CPPTYPE_INT64:
        leaves_.push_back({path, absl::StrCat(kBeyondDoubles + number), "integer"});
        return field.is_repeated() ? reflection.AddInt64(message, &field, kBeyondDoubles + number)
                                   : reflection.SetInt64(message, &field, kBeyondDoubles + number);
      case FieldDescriptor::CPPTYPE_ENUM:
        leaves_.push_back(
            {path, TextOf(*field.enum_type()->value(1)), Wire(field).as_number() ? "integer" : "text"});
        return reflection.SetEnumValue(message, &field, field.enum_type()->value(1)->number());
      case FieldDescriptor::CPPTYPE_DOUBLE:
        leaves_.push_back({path, absl::StrCat(number, ".5"), "number"});
        return reflection.SetDouble(message, &field, number + 0.5);
      default:
        ADD_FAILURE() << field.full_name() << ": teach this test the type " << field.cpp_type_name();
    }
  }

  void FillTime(const FieldDescriptor& field, const std::string& path, Message* message) {
    Message* time = message->GetReflection()->MutableMessage(message, &field);
    static_cast<google::protobuf::Timestamp*>(time)->set_seconds(last_);
    leaves_.push_back({path, absl::StrCat(last_), "integer"});
  }

  // Integers of this size are rounded when converted to double.
  static constexpr std::int64_t kBeyondDoubles = std::int64_t{1} << 60;

  std::vector<Leaf> leaves_;
  int last_ = 0;
};

// The number, for a value unknown to this version of the contract.
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
      return {path,
              absl::StrCat(list ? reflection.GetRepeatedInt32(message, &field, index)
                                : reflection.GetInt32(message, &field)),
              "integer"};
    case FieldDescriptor::CPPTYPE_INT64:
      return {path,
              absl::StrCat(list ? reflection.GetRepeatedInt64(message, &field, index)
                                : reflection.GetInt64(message, &field)),
              "integer"};
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return {path, absl::StrCat(reflection.GetDouble(message, &field)), "number"};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {path, reflection.GetBool(message, &field) ? "true" : "false",
              Wire(field).is_present() ? "presence" : "truth"};
    case FieldDescriptor::CPPTYPE_ENUM:
      return {path,
              EnumName(field, list ? reflection.GetRepeatedEnumValue(message, &field, index)
                                   : reflection.GetEnumValue(message, &field)),
              "state"};
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
      } else if (IsTime(*field)) {
        const auto& time =
            static_cast<const google::protobuf::Timestamp&>(reflection.GetMessage(message, field));
        out->push_back({path, absl::StrCat(time.seconds()), "integer"});
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
