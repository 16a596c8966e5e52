#include "faults/fault_matrix.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "contract/services.h"
#include "firstmile/mapping/options.pb.h"

namespace firstmile::testing {
namespace {

using google::protobuf::MethodDescriptor;

constexpr char kReads[] = "READS";
constexpr char kWrites[] = "WRITES";
constexpr char kBatches[] = "BATCHES";
constexpr char kPartner[] = "PARTNER";
constexpr char kToday[] = "{today";

const mapping::UpstreamCall& UpstreamOf(const MethodDescriptor& method) {
  return method.options().GetExtension(mapping::upstream);
}

// Replaces "{today}" and "{today-7}" with dates as YYYY-MM-DD.
std::string WithDates(std::string text, int64_t today) {
  const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + today;
  for (std::size_t at = text.find(kToday); at != std::string::npos; at = text.find(kToday, at)) {
    const std::size_t end = text.find('}', at);
    if (end == std::string::npos) break;
    const std::size_t offset_at = at + sizeof(kToday) - 1;
    int offset = 0;
    if (end > offset_at && !absl::SimpleAtoi(text.substr(offset_at, end - offset_at), &offset)) break;
    text.replace(at, end + 1 - at, absl::FormatCivilTime(day + offset));
  }
  return text;
}

absl::Status ReadText(const std::filesystem::path& file, int64_t today, google::protobuf::Message* message) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  const bool parsed =
      stream && google::protobuf::TextFormat::ParseFromString(WithDates(text.str(), today), message);
  return parsed ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrCat("cannot read ", file.string()));
}

std::string RpcOf(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->name(), ".", method.name());
}

bool IsWrite(const MethodDescriptor& method) {
  return UpstreamOf(method).effect() == mapping::EFFECT_WRITE;
}

template <typename List>
bool Has(const List& list, absl::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool HasOutcomes(const google::protobuf::Descriptor& response) {
  return response.FindFieldByName("outcomes") != nullptr;
}

bool IsOfPartner(const MethodDescriptor& method) {
  return UpstreamOf(method).scope() == v1::AUTH_SCOPE_PUBLIC;
}

bool IsToldOf(const faults::Story& story, const MethodDescriptor& method) {
  if (Has(story.except(), method.name())) return false;
  if (IsOfPartner(method) && Has(story.except(), kPartner)) return false;
  if (IsOfPartner(method) && Has(story.of(), kPartner)) return true;
  if (IsWrite(method) && HasOutcomes(*method.output_type()) && Has(story.of(), kBatches)) return true;
  return Has(story.of(), method.name()) || Has(story.of(), IsWrite(method) ? kWrites : kReads);
}

const faults::Operation* Find(const faults::Operations& operations, const std::string& rpc) {
  for (const faults::Operation& operation : operations.operation()) {
    if (operation.rpc() == rpc) return &operation;
  }
  return nullptr;
}

std::vector<const MethodDescriptor*> Operations() {
  std::vector<const MethodDescriptor*> methods = UnaryMethods();
  std::erase_if(methods, [](const MethodDescriptor* method) {
    return !method->options().HasExtension(mapping::upstream);
  });
  return methods;
}

// A story without operations has a misspelled name.
absl::Status CheckNames(const faults::Stories& stories, const std::vector<const MethodDescriptor*>& methods) {
  for (const faults::Story& story : stories.story()) {
    for (const auto* names : {&story.of(), &story.except()}) {
      for (const std::string& name : *names) {
        const bool known = name == kReads || name == kWrites || name == kBatches || name == kPartner ||
                           std::any_of(methods.begin(), methods.end(), [&](const MethodDescriptor* method) {
                             return method->name() == name;
                           });
        if (!known) return absl::InvalidArgumentError(absl::StrCat(story.name(), ": there is no rpc ", name));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string FaultCase::Suite() const {
  return absl::StrCat(method->service()->name(), "_", method->name());
}

bool FaultCase::is_write() const {
  return IsWrite(*method);
}

std::string FaultCase::path() const {
  const mapping::UpstreamCall& call = UpstreamOf(*method);
  return call.has_get() ? call.get() : call.post();
}

absl::StatusOr<std::vector<FaultCase>> ReadFaultCases(const std::filesystem::path& folder, int64_t today) {
  faults::Operations operations;
  faults::Stories stories;
  if (auto read = ReadText(folder / "operations.textproto", today, &operations); !read.ok()) return read;
  if (auto read = ReadText(folder / "stories.textproto", today, &stories); !read.ok()) return read;
  const std::vector<const MethodDescriptor*> methods = Operations();
  if (auto known = CheckNames(stories, methods); !known.ok()) return known;

  std::vector<FaultCase> cases;
  for (const MethodDescriptor* method : methods) {
    const faults::Operation* operation = Find(operations, RpcOf(*method));
    if (operation == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(RpcOf(*method), " has no request in the file"));
    }
    for (const faults::Story& story : stories.story()) {
      if (!IsToldOf(story, *method)) continue;
      FaultCase& told = cases.emplace_back(FaultCase{method, *operation, story});
      if (story.has_request()) *told.operation.mutable_request() = story.request();
      if (story.has_change()) *told.operation.mutable_change() = story.change();
    }
  }
  return cases;
}

absl::StatusOr<emulator::Fault> ToEmulator(const faults::Fault& fault, const std::string& path) {
  std::optional<emulator::Fault> made = emulator::PresetFault(fault.preset());
  if (!made.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("there is no preset ", fault.preset()));
  }
  if (!fault.every_path()) made->path = path;
  if (fault.after_effect()) made->after_effect = true;
  if (fault.times() > 0) made->times = fault.times();
  if (fault.delay_ms() > 0) made->delay = std::chrono::milliseconds(fault.delay_ms());
  if (fault.bytes() > 0) made->bytes = static_cast<std::size_t>(fault.bytes());
  if (!fault.body().empty()) {
    made->body = fault.body();
    made->content_type = "application/json";
  }
  return *std::move(made);
}

}  // namespace firstmile::testing
