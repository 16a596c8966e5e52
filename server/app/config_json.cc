#include "app/config_json.h"

#include <google/protobuf/message.h>

#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <limits>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace firstmile::app {
namespace {

using boost::system::error_code;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Text, number, number that has a fraction or is too large, truth.
using Value = std::variant<std::string, std::int64_t, double, bool>;

absl::string_view KindOf(const Value& value) {
  constexpr absl::string_view kKinds[] = {"a quoted string", "a number", "a number", "true or false"};
  return kKinds[value.index()];
}

// A number may be in quotes, as Protobuf's JSON writes those of 64 bits.
std::optional<std::int64_t> IntegerOf(const Value& value) {
  constexpr double kLimit = 9223372036854775808.0;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* fraction = std::get_if<double>(&value)) {
    const bool whole = *fraction >= -kLimit && *fraction < kLimit && std::trunc(*fraction) == *fraction;
    return whole ? std::optional(static_cast<std::int64_t>(*fraction)) : std::nullopt;
  }
  std::int64_t number = 0;
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && absl::SimpleAtoi(*text, &number) ? std::optional(number) : std::nullopt;
}

// Sets a field, or adds to a list; `Type` is what the field holds.
template <typename Type>
bool Put(Message* message, const FieldDescriptor& field, std::optional<Type> value,
         void (Reflection::*set)(Message*, const FieldDescriptor*, Type) const,
         void (Reflection::*add)(Message*, const FieldDescriptor*, Type) const) {
  if (!value.has_value()) return false;
  (message->GetReflection()->*(field.is_repeated() ? add : set))(message, &field, *std::move(value));
  return true;
}

template <typename Type>
std::optional<Type> Narrow(std::optional<std::int64_t> number) {
  const bool fits = number.has_value() && *number >= std::int64_t{std::numeric_limits<Type>::min()} &&
                    *number <= std::int64_t{std::numeric_limits<Type>::max()};
  return fits ? std::optional(static_cast<Type>(*number)) : std::nullopt;
}

template <typename Type>
std::optional<Type> As(const Value& value) {
  const auto* held = std::get_if<Type>(&value);
  return held != nullptr ? std::optional(*held) : std::nullopt;
}

// False when the value does not fit. The types are those that the configuration has.
bool PutValue(Message* message, const FieldDescriptor& field, const Value& value) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Put(message, field, As<std::string>(value), &Reflection::SetString, &Reflection::AddString);
    case FieldDescriptor::CPPTYPE_BOOL:
      return Put(message, field, As<bool>(value), &Reflection::SetBool, &Reflection::AddBool);
    case FieldDescriptor::CPPTYPE_INT32:
      return Put(message, field, Narrow<std::int32_t>(IntegerOf(value)), &Reflection::SetInt32,
                 &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return Put(message, field, IntegerOf(value), &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const std::optional<std::string> name = As<std::string>(value);
      const google::protobuf::EnumValueDescriptor* known =
          name.has_value() ? field.enum_type()->FindValueByName(*name) : nullptr;
      return Put(message, field, known != nullptr ? std::optional(known->number()) : std::nullopt,
                 &Reflection::SetEnumValue, &Reflection::AddEnumValue);
    }
    default:
      return false;
  }
}

// Takes the events of Boost's parser. Each on_... returns false, with `error` set, to stop it.
class Filler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  Filler(Message* message, ConfigLines* lines) : root_(message), lines_(lines) {}

  void set_line(int line) { line_ = line; }
  const std::optional<ConfigMistake>& mistake() const { return mistake_; }
  std::string where() const { return frames_.empty() ? "" : Path(frames_.back()); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code& error);
  bool on_object_end(std::size_t, error_code&) { return Leave(); }
  bool on_array_begin(error_code& error);
  bool on_array_end(std::size_t, error_code&) { return Leave(); }
  bool on_key_part(boost::json::string_view part, std::size_t, error_code&) { return Gather(part); }
  bool on_key(boost::json::string_view part, std::size_t, error_code& error);
  bool on_string_part(boost::json::string_view part, std::size_t, error_code&) { return Gather(part); }
  bool on_string(boost::json::string_view part, std::size_t, error_code& error) {
    Gather(part);
    return On(std::exchange(text_, ""), error);
  }
  bool on_number_part(boost::json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, boost::json::string_view, error_code& error) {
    return On(number, error);
  }
  bool on_uint64(std::uint64_t number, boost::json::string_view, error_code& error) {
    return On(static_cast<double>(number), error);  // beyond the range of all fields
  }
  bool on_double(double number, boost::json::string_view, error_code& error) { return On(number, error); }
  bool on_bool(bool truth, error_code& error) { return On(truth, error); }
  bool on_null(error_code&) {
    ++frames_.back().index;
    return true;  // absent
  }
  bool on_comment_part(boost::json::string_view, error_code&) { return true; }
  bool on_comment(boost::json::string_view, error_code&) { return true; }

 private:
  // An object, or a list that is the value of a field.
  struct Frame {
    Message* message = nullptr;  // null: `path` is a list of `field`
    std::string path = "";
    const FieldDescriptor* field = nullptr;                               // whose value comes next
    int index = 0;                                                        // in a list
    absl::flat_hash_map<const void*, const FieldDescriptor*> given = {};  // by oneof, or by field
  };

  bool Gather(boost::json::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool Leave() {
    frames_.pop_back();
    if (!frames_.empty()) ++frames_.back().index;
    return true;
  }
  bool Fail(std::string field, absl::string_view reason, error_code& error) {
    return Fail(ConfigMistake{line_, std::move(field), std::string(reason)}, error);
  }
  bool Fail(ConfigMistake mistake, error_code& error) {
    mistake_ = std::move(mistake);
    error = boost::json::make_error_code(boost::json::error::syntax);  // ends the parser
    return false;
  }
  bool Unexpected(absl::string_view got, error_code& error) {
    const Frame& frame = frames_.back();
    const bool list = frame.message != nullptr && frame.field->is_repeated();
    return Fail(
        Path(frame),
        absl::StrCat("expected ", list ? "a list [ ] of " : "", ExpectedValue(*frame.field), ", got ", got),
        error);
  }
  static std::string Path(const Frame& frame) {
    if (frame.message == nullptr) return absl::StrCat(frame.path, "[", frame.index, "]");
    return frame.field == nullptr ? frame.path : FieldPath(frame.path, std::string(frame.field->name()));
  }
  // The message whose field the innermost frame is about to fill.
  Message* Owner() const {
    const Frame& frame = frames_.back();
    return frame.message != nullptr ? frame.message : frames_[frames_.size() - 2].message;
  }
  // Is a list missing around the value that comes, or one too many?
  bool InItsPlace() const {
    return frames_.back().field->is_repeated() == (frames_.back().message == nullptr);
  }
  bool On(const Value& value, error_code& error);

  Message* const root_;
  ConfigLines* const lines_;
  int line_ = 1;
  std::string text_;
  std::vector<Frame> frames_;
  std::optional<ConfigMistake> mistake_;
};

bool Filler::on_object_begin(error_code& error) {
  if (frames_.empty()) {
    frames_.push_back({.message = root_});
    return true;
  }
  const FieldDescriptor* field = frames_.back().field;
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || !InItsPlace()) {
    return Unexpected("an object", error);
  }
  const Reflection& reflection = *Owner()->GetReflection();
  Message* message = field->is_repeated() ? reflection.AddMessage(Owner(), field)
                                          : reflection.MutableMessage(Owner(), field);
  std::string path = Path(frames_.back());
  lines_->try_emplace(path, line_);
  frames_.push_back({.message = message, .path = std::move(path)});
  return true;
}

bool Filler::on_array_begin(error_code& error) {
  const Frame& frame = frames_.back();
  if (!frame.field->is_repeated() || frame.message == nullptr) return Unexpected("a list", error);
  frames_.push_back({.message = nullptr, .path = Path(frame), .field = frame.field});
  return true;
}

bool Filler::on_key(boost::json::string_view part, std::size_t, error_code& error) {
  Gather(part);
  const std::string name = std::exchange(text_, "");
  Frame& frame = frames_.back();
  const google::protobuf::Descriptor& type = *frame.message->GetDescriptor();
  frame.field = type.FindFieldByName(name);
  if (frame.field == nullptr) frame.field = type.FindFieldByCamelcaseName(name);
  if (frame.field == nullptr) return Fail(NoSuchField(line_, frame.path, type, name), error);
  const void* group = frame.field->real_containing_oneof();
  const auto [other, first] = frame.given.try_emplace(group != nullptr ? group : frame.field, frame.field);
  if (!first) return Fail(Path(frame), GivenTwice(*frame.field, *other->second), error);
  lines_->try_emplace(Path(frame), line_);
  return true;
}

bool Filler::On(const Value& value, error_code& error) {
  if (!InItsPlace() || !PutValue(Owner(), *frames_.back().field, value)) {
    return Unexpected(KindOf(value), error);
  }
  lines_->try_emplace(Path(frames_.back()), line_);
  ++frames_.back().index;
  return true;
}

}  // namespace

// The parser reports no positions, so it gets one line at a time.
std::optional<ConfigMistake> ParseConfigJson(const std::string& text, config::v1::ServerConfig* config,
                                             ConfigLines* lines) {
  boost::json::basic_parser<Filler> parser(boost::json::parse_options(), config, lines);
  Filler& filler = parser.handler();
  error_code error;
  int line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    filler.set_line(line);
    const std::size_t newline = text.find('\n', begin);
    const std::size_t end = newline == std::string::npos ? text.size() : newline + 1;
    const absl::string_view rest = absl::string_view(text).substr(begin, end - begin);
    // Done, it would begin another value.
    const std::size_t used = parser.done() ? 0 : parser.write_some(true, rest.data(), rest.size(), error);
    if (!error && !absl::StripAsciiWhitespace(rest.substr(used)).empty()) {
      return ConfigMistake{line, "", "there is text after the last brace"};
    }
    if (error) break;
    begin = end;
  }
  if (!error && !parser.done()) parser.write_some(false, "", 0, error);
  if (!error) return std::nullopt;
  if (filler.mistake().has_value()) return filler.mistake();
  return ConfigMistake{line, filler.where(),
                       "this is not JSON: a comma, colon, quote or bracket is missing or not needed"};
}

}  // namespace firstmile::app
