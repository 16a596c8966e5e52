#include "app/config_words.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "app/renamed_settings.h"

namespace firstmile::app {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::size_t kNameBytesMax = 40;
constexpr std::size_t kWordBytesMax = 15;  // the longest word of a field's name has eleven

// Words of lower-case letters, like the names of fields. A token of that form would have to be short and
// without a digit.
bool LooksLikeAName(absl::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  const std::vector<absl::string_view> words = absl::StrSplit(name, '_');
  return std::all_of(words.begin(), words.end(), [](absl::string_view word) {
    return word.size() <= kWordBytesMax && std::all_of(word.begin(), word.end(), absl::ascii_islower);
  });
}

// JSON may spell a name in lowerCamelCase.
std::string SnakeCase(absl::string_view name) {
  std::string snake;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    if (absl::ascii_isupper(letter)) snake += '_';
    snake += absl::ascii_tolower(letter);
  }
  return snake;
}

std::string NamesOf(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(type.value_count()));
  for (int i = 0; i < type.value_count(); ++i) names.emplace_back(type.value(i)->name());
  return absl::StrJoin(names, ", ");
}

}  // namespace

std::string ExpectedValue(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return "a quoted string";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "fields in braces { }";
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("one of ", NamesOf(*field.enum_type()));
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "a number";
    case FieldDescriptor::CPPTYPE_INT32:
      return "a whole number of at most 32 bits";
    case FieldDescriptor::CPPTYPE_UINT32:
      return "a whole number from 0 on, of at most 32 bits";
    case FieldDescriptor::CPPTYPE_UINT64:
      return "a whole number from 0 on";
    case FieldDescriptor::CPPTYPE_INT64:
      return "a whole number";
  }
  return "another value";
}

ConfigMistake NoSuchField(int line, const std::string& path, const Descriptor& type, absl::string_view name) {
  const std::string old_path = FieldPath(path, SnakeCase(name));
  if (std::string renamed = RenamedField(old_path); !renamed.empty())
    return {line, old_path, std::move(renamed)};
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(type.field_count()));
  for (int i = 0; i < type.field_count(); ++i) names.emplace_back(type.field(i)->name());
  return {
      line, path,
      absl::StrCat("there is no field ",
                   LooksLikeAName(name) ? name : "of the name on this line (not shown: it may be a secret)",
                   "; expected one of ", absl::StrJoin(names, ", "))};
}

std::string GivenTwice(const FieldDescriptor& field, const FieldDescriptor& given) {
  if (&field == &given) return "is given twice";
  return absl::StrCat("only one of ", std::string(given.name()), " and ", std::string(field.name()),
                      " may be given");
}

std::string FieldPath(absl::string_view parent, absl::string_view name) {
  return absl::StrCat(parent, parent.empty() ? "" : ".", name);
}

}  // namespace firstmile::app
