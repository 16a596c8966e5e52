#include "emulator/world/document_jobs.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <utility>

namespace emulator {

const DocumentJob& DocumentJobs::Add(DocumentJob job) {
  ++made_;
  job.id = absl::StrFormat("SDK0001_%032x", made_);
  if (jobs_.size() == kJobsMax) jobs_.erase(jobs_.begin());
  return jobs_.insert_or_assign(made_, std::move(job)).first->second;
}

const DocumentJob* DocumentJobs::Find(std::string_view id) const {
  const auto it =
      std::find_if(jobs_.begin(), jobs_.end(), [id](const auto& row) { return row.second.id == id; });
  return it == jobs_.end() ? nullptr : &it->second;
}

std::string_view StateOf(const DocumentJob& job, int64_t now) {
  if (now < job.ready_at) return "PROCESSING";
  if (job.fails) return "FAILED";
  return now < job.expires_at ? "READY" : "EXPIRED";
}

}  // namespace emulator
