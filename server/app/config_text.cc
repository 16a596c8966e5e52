#include "app/config_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/common.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace firstmile::app {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::io::Tokenizer;

// Keeps the line of the first complaint and none of its words.
class FirstErrorLine final : public google::protobuf::io::ErrorCollector {
 public:
#if GOOGLE_PROTOBUF_VERSION >= 4022000
  void RecordError(int line, int, absl::string_view) override { Note(line); }
#else
  void AddError(int line, int, const std::string&) override { Note(line); }
#endif
  std::optional<int> line() const { return line_; }

 private:
  void Note(int line) {
    if (!line_.has_value()) line_ = std::max(line, 0) + 1;
  }

  std::optional<int> line_;
};

absl::string_view KindOf(Tokenizer::TokenType type) {
  switch (type) {
    case Tokenizer::TYPE_START:
    case Tokenizer::TYPE_END:
      return "the end of the file";
    case Tokenizer::TYPE_IDENTIFIER:
      return "a word without quotes";
    case Tokenizer::TYPE_INTEGER:
      return "a number";
    case Tokenizer::TYPE_FLOAT:
      return "a number with a fraction";
    case Tokenizer::TYPE_STRING:
      return "a quoted string";
    default:
      return "a sign";
  }
}

// Walks over the tokens of a file along the message's type, up to the first mistake.
class TextWalk {
 public:
  TextWalk(const std::string& text, ConfigLines* lines)
      : stream_(text.data(), static_cast<int>(text.size())), tokens_(&stream_, &broken_), lines_(lines) {
    tokens_.set_allow_f_after_float(true);
    tokens_.set_comment_style(Tokenizer::SH_COMMENT_STYLE);
    tokens_.set_require_space_after_number(false);
    tokens_.Next();
  }

  std::optional<ConfigMistake> Walk(const Descriptor& type) {
    const bool ended = Fields(type, "", "");
    // What is no token at all comes before what follows from it.
    if (broken_.line().has_value() && (!mistake_.has_value() || *broken_.line() <= mistake_->line)) {
      return ConfigMistake{*broken_.line(), where_,
                           "a quote without its end, or a character that means nothing here"};
    }
    if (!ended) return mistake_;
    return std::nullopt;
  }

 private:
  bool Is(absl::string_view sign) { return tokens_.current().text == sign; }
  bool Take(absl::string_view sign) {
    if (!Is(sign) || tokens_.current().type == Tokenizer::TYPE_STRING) return false;
    tokens_.Next();
    return true;
  }
  int line() { return tokens_.current().line + 1; }

  bool Fail(ConfigMistake mistake) {
    if (!mistake_.has_value()) mistake_ = std::move(mistake);
    return false;
  }
  bool Fail(const std::string& field, absl::string_view reason) {
    return Fail(ConfigMistake{line(), field, std::string(reason)});
  }
  bool Unexpected(const std::string& field, absl::string_view expected) {
    return Fail(field, absl::StrCat("expected ", expected, ", got ", KindOf(tokens_.current().type)));
  }

  // Up to the sign `close`, or to the end of the file when that is empty.
  bool Fields(const Descriptor& type, const std::string& path, absl::string_view close) {
    if (++depth_ > kDepthMax) return Fail(path, "braces are nested too deeply");
    absl::flat_hash_map<const void*, const FieldDescriptor*> given;  // by oneof, or by field
    absl::flat_hash_map<const FieldDescriptor*, int> counts;
    while (!(close.empty() ? tokens_.current().type == Tokenizer::TYPE_END : Take(close))) {
      where_ = path;
      if (tokens_.current().type == Tokenizer::TYPE_END) {
        return Fail(path, absl::StrCat("the file ends before ", close));
      }
      if (tokens_.current().type != Tokenizer::TYPE_IDENTIFIER) {
        return Unexpected(
            path, close.empty() ? "the name of a field" : absl::StrCat("the name of a field, or ", close));
      }
      const FieldDescriptor* field = type.FindFieldByName(tokens_.current().text);
      if (field == nullptr) return Fail(NoSuchField(line(), path, type, tokens_.current().text));
      const std::string name = FieldPath(path, std::string(field->name()));
      where_ = name;
      if (!field->is_repeated()) {
        const void* group = field->real_containing_oneof();
        const auto [other, first] = given.try_emplace(group != nullptr ? group : field, field);
        if (!first) return Fail(name, GivenTwice(*field, *other->second));
      }
      if (!Field(*field, name, &counts[field])) return false;
      if (!Take(",")) Take(";");
    }
    --depth_;
    return true;
  }

  bool Field(const FieldDescriptor& field, const std::string& name, int* count) {
    const int name_line = line();
    tokens_.Next();
    const bool message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!Take(":") && !message) return Unexpected(name, absl::StrCat("a colon and ", ExpectedValue(field)));
    const auto value = [&] {
      const std::string path = field.is_repeated() ? absl::StrCat(name, "[", (*count)++, "]") : name;
      lines_->try_emplace(name, name_line);
      lines_->try_emplace(path, name_line);
      where_ = path;
      return message ? SubMessage(field, path) : Value(field, path);
    };
    if (!field.is_repeated() || !Take("[")) return value();
    if (Take("]")) return true;
    do {
      if (!value()) return false;
    } while (Take(","));
    return Take("]") || Unexpected(name, "a comma or ]");
  }

  bool SubMessage(const FieldDescriptor& field, const std::string& path) {
    const bool angle = Is("<");
    if (!Take("{") && !Take("<")) return Unexpected(path, ExpectedValue(field));
    return Fields(*field.message_type(), path, angle ? ">" : "}");
  }

  bool Value(const FieldDescriptor& field, const std::string& path) {
    if (!Fits(field)) return Unexpected(path, ExpectedValue(field));
    do {
      tokens_.Next();
    } while (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
             tokens_.current().type == Tokenizer::TYPE_STRING);  // adjoining strings are one
    return true;
  }

  bool Fits(const FieldDescriptor& field) {
    const bool negative = Take("-");
    const Tokenizer::Token& token = tokens_.current();
    const auto integer = [&](std::uint64_t max) {
      std::uint64_t number = 0;
      return token.type == Tokenizer::TYPE_INTEGER && Tokenizer::ParseInteger(token.text, max, &number);
    };
    constexpr std::uint64_t kBelowZero = 1;  // reaches one further than above
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return !negative && token.type == Tokenizer::TYPE_STRING;
      case FieldDescriptor::CPPTYPE_BOOL:
        return !negative && (integer(1) || IsTruthWord(token));
      case FieldDescriptor::CPPTYPE_INT32:
        return integer(std::uint64_t{std::numeric_limits<std::int32_t>::max()} + (negative ? kBelowZero : 0));
      case FieldDescriptor::CPPTYPE_INT64:
        return integer(std::uint64_t{std::numeric_limits<std::int64_t>::max()} + (negative ? kBelowZero : 0));
      case FieldDescriptor::CPPTYPE_UINT32:
        return !negative && integer(std::numeric_limits<std::uint32_t>::max());
      case FieldDescriptor::CPPTYPE_UINT64:
        return !negative && integer(std::numeric_limits<std::uint64_t>::max());
      case FieldDescriptor::CPPTYPE_ENUM:
        return !negative && token.type == Tokenizer::TYPE_IDENTIFIER &&
               field.enum_type()->FindValueByName(token.text) != nullptr;
      default:  // fractions have more forms than are worth a list here
        return token.type != Tokenizer::TYPE_STRING && token.type != Tokenizer::TYPE_SYMBOL;
    }
  }

  static bool IsTruthWord(const Tokenizer::Token& token) {
    for (const absl::string_view word : {"true", "false", "t", "f", "True", "False"}) {
      if (token.type == Tokenizer::TYPE_IDENTIFIER && token.text == word) return true;
    }
    return false;
  }

  static constexpr int kDepthMax = 32;

  google::protobuf::io::ArrayInputStream stream_;
  FirstErrorLine broken_;
  Tokenizer tokens_;
  ConfigLines* const lines_;
  int depth_ = 0;
  std::string where_;  // the field at hand
  std::optional<ConfigMistake> mistake_;
};

}  // namespace

std::optional<ConfigMistake> ParseConfigText(const std::string& text, config::v1::ServerConfig* config,
                                             ConfigLines* lines) {
  std::optional<ConfigMistake> mistake = TextWalk(text, lines).Walk(*config->GetDescriptor());
  FirstErrorLine error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  const bool parsed = parser.ParseFromString(text, config);
  if (mistake.has_value()) return mistake;
  if (parsed) return std::nullopt;
  return ConfigMistake{error.line().value_or(1), "", "this is not Protobuf text"};
}

}  // namespace firstmile::app
