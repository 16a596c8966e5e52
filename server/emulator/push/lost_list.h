// The lost pushes: kept for three days, read page by page, confirmed up to an id. Not thread safe.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "emulator/push/message.h"

namespace emulator::push {

struct LostMessage {
  int64_t id = 0;       // ascending in the order in which they were lost
  int64_t lost_at = 0;  // Unix seconds
  Message message;
};

struct LostPage {
  std::vector<LostMessage> messages;  // the oldest
  bool has_next_page = false;
};

class LostList {
 public:
  void Add(Message message, int64_t now);
  LostPage Read(int64_t now);
  bool Confirm(int64_t last_message_id);  // false if no message ever had this id
  void Clear() { messages_.clear(); }
  std::size_t size() const { return messages_.size(); }

 private:
  std::deque<LostMessage> messages_;
  int64_t last_id_ = 0;
};

}  // namespace emulator::push
