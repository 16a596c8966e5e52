// The configuration file, as text and as JSON: a fault gives one clear line that does not quote the value.
#include <google/protobuf/descriptor.h>
#include <sys/mman.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "app/config_file.h"
#include "fuzz/fuzz.h"

namespace firstmile::fuzzing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::size_t kErrorBytesMax = 2048;

// A token in the wrong field.
constexpr absl::string_view kCanary = "c4nary7f3a51";

// A file in memory, since the reader needs a path.
class File {
 public:
  explicit File(absl::string_view text) : descriptor_(memfd_create("config", 0)) {
    Promise(descriptor_ >= 0, "the test has a file");
    Promise(write(descriptor_, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
            "the test has a file");
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(descriptor_); }

  std::string path() const { return absl::StrCat("/proc/self/fd/", descriptor_); }

 private:
  int descriptor_;
};

// Returns the error; empty when the file is valid.
std::string ErrorOf(absl::string_view text) {
  const File file(text);
  const absl::StatusOr<app::ConfigFile> config = app::ReadConfigFile(file.path());
  if (config.ok()) {
    for (const absl::string_view field :
         {"server.event_loops", "shop_tokens[0].access_token", "shop_tokens[7].shop_id"}) {
      Promise(absl::StartsWith(config->locate(field), absl::StrCat(file.path(), ":")),
              "a field is looked for in the file");
    }
    return "";
  }
  const std::string error(config.status().message());
  Promise(absl::StartsWith(error, absl::StrCat(file.path(), ":")), "an error names the file and the line",
          error);
  Promise(IsOneLine(error) && error.size() <= kErrorBytesMax, "an error is one line of a bounded length",
          error);
  return error;
}

// "shop_tokens { access_token: ", or the same in JSON: a path through the messages to one of their fields.
std::string WayToField(Input& input, bool json) {
  std::string way = json ? "{" : "";
  const Descriptor* type = config::v1::ServerConfig::descriptor();
  while (type != nullptr) {
    const FieldDescriptor* field = type->field(input.Byte() % type->field_count());
    absl::StrAppend(&way,
                    json ? absl::StrCat("\"", field->name(), "\": ") : absl::StrCat(field->name(), ": "));
    type = field->message_type();
    if (type == nullptr || input.Byte() % 8 == 0) break;
    if (json && field->is_repeated()) absl::StrAppend(&way, "[");
    absl::StrAppend(&way, "{");
  }
  return way;
}

// Puts the canary where a value is allowed, followed by the input.
void CheckValuesAreNotShown(Input& input) {
  const bool json = input.Byte() % 2 == 0;
  const std::string way = WayToField(input, json);
  constexpr absl::string_view kForms[][2] = {{"\"", "\""},      {"'", "'"},     {"\"", ""}, {"[\"", "\"]"},
                                             {"{\"", "\"}"},    {"-\"", "\""},  {"1", ""},  {"\"\\q", "\""},
                                             {"[", "]"},        {"\"\n", "\""}, {"", ""},   {"0x", ""},
                                             {"\"a\" \"", "\""}};
  const auto& form = kForms[input.Byte() % std::size(kForms)];
  const absl::string_view rest = input.Rest();
  if (absl::StrContains(rest, kCanary)) return;
  const std::string text = absl::StrCat(way, form[0], kCanary, form[1], rest);
  const std::string error = ErrorOf(text);
  Promise(!absl::StrContains(error, kCanary), "no value is shown", absl::StrCat(error, "\n", text));
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  if (input.Byte() % 2 == 0) {
    static_cast<void>(ErrorOf(input.Rest()));
  } else {
    CheckValuesAreNotShown(input);
  }
  return 0;
}

}  // namespace firstmile::fuzzing
