#include "emulator/api/params.h"

#include <absl/strings/str_cat.h>

#include <charconv>

namespace emulator::api {
namespace {

namespace json = boost::json;

int CheckPageSize(std::optional<int64_t> size, int most, Problem& problem) {
  if (!size) return kDefaultPageSize;
  if (*size > most) problem.WrongParameter(absl::StrCat("page_size must be ", most, " or less."));
  if (*size < 1) problem.WrongParameter("page_size must be 1 or greater.");
  return problem ? kDefaultPageSize : static_cast<int>(*size);
}

// The official samples send two quote characters as an empty cursor.
Cursor CheckCursor(std::string_view text, Problem& problem) {
  if (text.empty() || text == "\"\"") return std::nullopt;
  uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) {
    problem.WrongParameter("cursor is invalid.");
    return std::nullopt;
  }
  return value;
}

}  // namespace

void Problem::Report(std::string_view error, std::string_view message) {
  if (!error_.empty()) return;
  error_ = error;
  message_ = message;
}

void Problem::WrongParameter(std::string_view detail) {
  Report("error_param", std::string("Wrong parameters, detail: ").append(detail));
}

std::string QueryFields::Required(std::string_view name) const {
  std::string value = Optional(name);
  if (value.empty()) problem_.WrongParameter(std::string(name).append(" is a required field."));
  return value;
}

std::string QueryFields::Optional(std::string_view name) const {
  const std::string* value = request_.Find(name);
  return value == nullptr ? std::string() : *value;
}

std::vector<std::string> QueryFields::RequiredList(std::string_view name) const {
  (void)Required(name);
  return OptionalList(name);
}

std::vector<std::string> QueryFields::OptionalList(std::string_view name) const {
  std::vector<std::string> elements;
  for (const auto& [key, value] : request_.query) {
    if (key != name) continue;
    for (std::string& element : SplitCommas(value)) elements.push_back(std::move(element));
  }
  return elements;
}

int QueryFields::PageSize(int most) const {
  const std::string text = Optional("page_size");
  if (text.empty()) return kDefaultPageSize;
  const auto size = ParseInteger(text);
  if (!size) problem_.WrongParameter("page_size must be an integer.");
  return CheckPageSize(size, most, problem_);
}

Cursor QueryFields::ReadCursor() const {
  return CheckCursor(Optional("cursor"), problem_);
}

const json::value* BodyFields::Find(std::string_view name) const {
  const json::value* value = body_.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string BodyFields::Required(std::string_view name) const {
  if (Find(name) == nullptr) problem_.WrongParameter(FullName(name).append(" is a required field."));
  std::string value = Optional(name);
  if (value.empty()) problem_.WrongParameter(FullName(name).append(" must not be empty."));
  return value;
}

std::string BodyFields::Optional(std::string_view name) const {
  const json::value* value = Find(name);
  if (value == nullptr) return "";
  if (!value->is_string()) {
    problem_.WrongParameter(FullName(name).append(" must be a string."));
    return "";
  }
  return std::string(value->get_string());
}

std::optional<int64_t> BodyFields::RequiredInt(std::string_view name) const {
  if (Find(name) == nullptr) problem_.WrongParameter(FullName(name).append(" is a required field."));
  return OptionalInt(name);
}

std::optional<int64_t> BodyFields::OptionalInt(std::string_view name) const {
  const json::value* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int64()) {
    problem_.WrongParameter(FullName(name).append(" must be an integer."));
    return std::nullopt;
  }
  return value->get_int64();
}

void BodyFields::OptionalNumber(std::string_view name) const {
  const json::value* value = Find(name);
  if (value != nullptr && !value->is_number())
    problem_.WrongParameter(FullName(name).append(" must be a number."));
}

const json::array* BodyFields::RequiredArray(std::string_view name, std::size_t most) const {
  const json::value* value = Find(name);
  if (value == nullptr) {
    problem_.WrongParameter(FullName(name).append(" is a required field."));
  } else if (!value->is_array()) {
    problem_.WrongParameter(FullName(name).append(" must be an array."));
  } else if (value->get_array().empty()) {
    problem_.WrongParameter(FullName(name).append(" must not be empty."));
  } else if (value->get_array().size() > most) {
    problem_.WrongParameter(absl::StrCat(FullName(name), " must have ", most, " elements or less."));
  } else {
    return &value->get_array();
  }
  return nullptr;
}

const json::object* BodyFields::RequiredObject(std::string_view name) const {
  const json::value* value = Find(name);
  if (value == nullptr) {
    problem_.WrongParameter(FullName(name).append(" is a required field."));
  } else if (!value->is_object()) {
    problem_.WrongParameter(FullName(name).append(" must be an object."));
  } else {
    return &value->get_object();
  }
  return nullptr;
}

std::vector<const json::object*> BodyFields::RequiredObjects(std::string_view name, std::size_t most) const {
  std::vector<const json::object*> objects;
  const json::array* array = RequiredArray(name, most);
  if (array == nullptr) return objects;
  for (const json::value& element : *array) {
    if (!element.is_object()) {
      problem_.WrongParameter(FullName(name).append(" must be an array of objects."));
      return {};
    }
    objects.push_back(&element.get_object());
  }
  return objects;
}

std::vector<std::string> BodyFields::RequiredStrings(std::string_view name, std::size_t most) const {
  std::vector<std::string> strings;
  const json::array* array = RequiredArray(name, most);
  if (array == nullptr) return strings;
  for (const json::value& element : *array) {
    if (!element.is_string() || element.get_string().empty()) {
      problem_.WrongParameter(FullName(name).append(" must be an array of strings."));
      return strings;
    }
    strings.emplace_back(element.get_string());
  }
  return strings;
}

std::optional<std::vector<int64_t>> BodyFields::OptionalInts(std::string_view name, std::size_t most) const {
  const json::value* value = Find(name);
  if (value == nullptr) return std::nullopt;
  const json::array* array = value->if_array();
  std::vector<int64_t> numbers;
  if (array == nullptr) {
    problem_.WrongParameter(FullName(name).append(" must be an array."));
  } else if (array->size() > most) {
    problem_.WrongParameter(absl::StrCat(FullName(name), " must have ", most, " elements or less."));
  } else {
    for (const json::value& element : *array) {
      if (!element.is_int64())
        problem_.WrongParameter(FullName(name).append(" must be an array of integers."));
      numbers.push_back(element.is_int64() ? element.get_int64() : 0);
    }
  }
  return numbers;
}

int BodyFields::PageSize(int most) const {
  return CheckPageSize(OptionalInt("page_size"), most, problem_);
}

Cursor BodyFields::ReadCursor() const {
  return CheckCursor(Optional("cursor"), problem_);
}

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> SplitCommas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    if (!part.empty()) parts.emplace_back(part);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return parts;
}

ListKey KeyOf(uint64_t cursor) {
  return {static_cast<uint32_t>(cursor >> 32), static_cast<Row>(cursor)};
}

std::string CursorOf(ListKey key) {
  return std::to_string(static_cast<uint64_t>(key.first) << 32 | static_cast<uint64_t>(key.second));
}

}  // namespace emulator::api
