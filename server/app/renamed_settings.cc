#include "app/renamed_settings.h"

#include "absl/strings/str_cat.h"

namespace firstmile::app {
namespace {

constexpr RenamedSetting kSettings[] = {
    {"custody", "tokens", ""},
    {"tokens.sealing_key_file", "encryption_key_file", ""},
    {"tokens.sealing_key_env", "encryption_key_env", ""},
    {"tokens.sweep_interval_s", "scan_interval_s", ""},
    {"retry.settle_pause_ms", "read_back_delay_ms", ""},
    {"limits.memory_max_mb", "max_memory_mib", ""},
    {"limits.share_with_fleet", "", "sidecars that share a store no longer share rate limits; delete it"},
    {"upstream.max_pending", "", "limits.max_calls bounds the calls that wait for a connection; delete it"},
};

constexpr RenamedWord kWords[] = {
    {"log.level", "warn", "warning"},
    {"", "FIRSTMILE_SEALING_KEY", "FIRSTMILE_ENCRYPTION_KEY"},
};

}  // namespace

absl::Span<const RenamedSetting> RenamedSettings() {
  return kSettings;
}

absl::Span<const RenamedWord> RenamedWords() {
  return kWords;
}

std::string RenamedField(absl::string_view path) {
  for (const RenamedSetting& setting : kSettings) {
    if (setting.old_name != path) continue;
    if (setting.new_name.empty()) return absl::StrCat("was removed in ", kRenamedIn, ": ", setting.advice);
    return absl::StrCat("was renamed to ", setting.new_name, " in ", kRenamedIn);
  }
  return "";
}

absl::string_view RenamedValue(absl::string_view field, absl::string_view value) {
  for (const RenamedWord& word : kWords) {
    if (word.field == field && word.old_name == value) return word.new_name;
  }
  return "";
}

absl::string_view RenamedVariable(absl::string_view name) {
  return RenamedValue("", name);
}

std::string RenamedText(absl::string_view old_name, absl::string_view new_name) {
  return absl::StrCat(old_name, " was renamed to ", new_name, " in ", kRenamedIn);
}

}  // namespace firstmile::app
