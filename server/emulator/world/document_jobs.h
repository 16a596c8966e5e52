// The jobs that make labels. A job needs no schedule: its state follows from the time. Not thread safe, like
// the world.
#pragma once

#include <absl/container/btree_map.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

struct DocumentJob {
  std::string id;
  int64_t shop_id = 0;
  std::vector<std::string> labels;  // what each page names
  int64_t ready_at = 0;
  int64_t expires_at = 0;
  bool fails = false;
};

class DocumentJobs {
 public:
  static constexpr std::size_t kJobsMax = 10'000;

  // Gives `job` its id. Beyond kJobsMax the oldest job is forgotten.
  const DocumentJob& Add(DocumentJob job);
  const DocumentJob* Find(std::string_view id) const;
  std::size_t size() const { return jobs_.size(); }

 private:
  uint64_t made_ = 0;
  absl::btree_map<uint64_t, DocumentJob> jobs_;  // by number
};

std::string_view StateOf(const DocumentJob& job, int64_t now);  // as on the wire

}  // namespace emulator
