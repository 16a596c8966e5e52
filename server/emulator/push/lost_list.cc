#include "emulator/push/lost_list.h"

#include <algorithm>
#include <utility>

#include "emulator/push/limits.h"

namespace emulator::push {

void LostList::Add(Message message, int64_t now) {
  if (messages_.size() == kMaxLost) messages_.pop_front();
  messages_.push_back({++last_id_, now, std::move(message)});
}

LostPage LostList::Read(int64_t now) {
  while (!messages_.empty() && messages_.front().lost_at + kLostLife <= now) messages_.pop_front();
  LostPage page;
  const std::size_t count = std::min(messages_.size(), kLostPage);
  page.messages.assign(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(count));
  page.has_next_page = messages_.size() > count;
  return page;
}

bool LostList::Confirm(int64_t last_message_id) {
  if (last_message_id < 1 || last_message_id > last_id_) return false;
  while (!messages_.empty() && messages_.front().id <= last_message_id) messages_.pop_front();
  return true;
}

}  // namespace emulator::push
