#include "field_cases/field_case.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace firstmile::testing {
namespace {

namespace json = boost::json;

absl::StatusOr<json::value> ReadJson(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  boost::system::error_code error;
  json::value value = json::parse(text.str(), error);
  if (error) return absl::InvalidArgumentError(absl::StrCat(file.string(), ": ", error.message()));
  return value;
}

// Reads the members of one object and records which ones were not read.
class Members {
 public:
  explicit Members(const json::value& value) {
    if (value.is_object()) left_ = value.get_object();
  }

  template <typename T>
  void Read(json::string_view name, T* out) {
    const auto found = left_.find(name);
    if (found == left_.end()) return;
    const boost::system::result<T> read = json::try_value_to<T>(found->value());
    if (read.has_error()) return;  // it stays and is reported as unread
    *out = *read;
    left_.erase(found);
  }

  template <typename T>
  void Read(json::string_view name, std::optional<T>* out) {
    if (!left_.contains(name)) return;
    T value{};
    Read(name, &value);
    *out = value;
  }

  // One value, or a list of them.
  template <typename T>
  void ReadList(json::string_view name, std::vector<T>* out) {
    const auto found = left_.find(name);
    if (found == left_.end()) return;
    if (!found->value().is_array()) found->value() = json::array{json::value(found->value())};
    Read(name, out);
  }

  json::value Take(json::string_view name) {
    const auto found = left_.find(name);
    if (found == left_.end()) return nullptr;
    json::value value = found->value();
    left_.erase(found);
    return value;
  }

  absl::Status Done(absl::string_view where) const {
    if (left_.empty()) return absl::OkStatus();
    const json::string_view name = left_.begin()->key();
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": cannot read the member ", absl::string_view(name.data(), name.size())));
  }

 private:
  json::object left_;
};

absl::Status ReadExpectation(const json::value& value, const std::string& where, FieldExpectation* expect) {
  Members members(value);
  members.ReadList("reason", &expect->reasons);
  members.ReadList("message_has", &expect->message_has);
  members.ReadList("message_lacks", &expect->message_lacks);
  members.Read("metadata", &expect->metadata);
  members.Read("response", &expect->response);
  members.Read("read_back", &expect->read_back);
  members.Read("requests", &expect->requests);
  return members.Done(absl::StrCat(where, ".expect"));
}

absl::StatusOr<FieldCase> ReadCase(const json::value& value, const json::object& requests,
                                   const std::string& kind) {
  FieldCase told;
  Members members(value);
  std::ignore = members.Take("why");  // for people only
  members.Read("name", &told.name);
  const std::string where = absl::StrCat(kind, ".", told.name);
  if (told.name.empty()) return absl::InvalidArgumentError(absl::StrCat(kind, ": a case without a name"));
  members.ReadList("first", &told.first);
  members.Read("call", &told.call);
  members.Read("repeats", &told.repeats);
  if (const auto found = requests.find(told.call); found != requests.end() && found->value().is_object()) {
    told.request = found->value().get_object();
  }
  members.Read("request", &told.request);
  members.ReadList("answer", &told.answers);
  if (told.answers.empty()) return absl::InvalidArgumentError(absl::StrCat(where, ": there is no answer"));
  if (absl::Status read = ReadExpectation(members.Take("expect"), where, &told.expect); !read.ok())
    return read;
  if (absl::Status done = members.Done(where); !done.ok()) return done;
  return told;
}

bool ListContains(const json::array& whole, const json::array& part) {
  auto from = whole.begin();
  return std::all_of(part.begin(), part.end(), [&whole, &from](const json::value& wanted) {
    from = std::find_if(from, whole.end(),
                        [&wanted](const json::value& have) { return Contains(have, wanted); });
    return from != whole.end() && from++ != whole.end();
  });
}

}  // namespace

absl::StatusOr<std::vector<FieldCaseFile>> ReadFieldCases(const std::filesystem::path& folder) {
  const absl::StatusOr<json::value> requests = ReadJson(folder / "requests.json");
  if (!requests.ok()) return requests.status();
  std::vector<FieldCaseFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string kind = entry.path().stem().string();
    if (entry.path().extension() != ".json" || kind == "requests") continue;
    const absl::StatusOr<json::value> cases = ReadJson(entry.path());
    if (!cases.ok()) return cases.status();
    if (!cases->is_array()) return absl::InvalidArgumentError(absl::StrCat(kind, ": is no list of cases"));
    FieldCaseFile& file = files.emplace_back(FieldCaseFile{.kind = kind, .cases = {}});
    for (const json::value& value : cases->get_array()) {
      absl::StatusOr<FieldCase> told = ReadCase(value, requests->as_object(), kind);
      if (!told.ok()) return told.status();
      file.cases.push_back(*std::move(told));
    }
  }
  return files;
}

bool Contains(const json::value& whole, const json::value& part) {
  if (part.is_array()) return whole.is_array() && ListContains(whole.get_array(), part.get_array());
  if (!part.is_object()) return whole == part;
  if (!whole.is_object()) return false;
  const json::object& have = whole.get_object();
  return std::all_of(part.get_object().begin(), part.get_object().end(), [&have](const auto& wanted) {
    const auto found = have.find(wanted.key());
    return found != have.end() && Contains(found->value(), wanted.value());
  });
}

}  // namespace firstmile::testing
