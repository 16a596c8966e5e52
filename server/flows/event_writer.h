// Where a flow's events go.
//
// Belongs to the flow's home loop.
#pragma once

#include "async/task.h"

namespace google::protobuf {
class Message;
}

namespace firstmile::flows {

class EventWriter {
 public:
  virtual ~EventWriter() = default;

  // Returns when the caller has taken the event, so that a slow caller slows the flow; false when the flow is
  // to stop. `event` outlives the task.
  virtual async::Task<bool> Write(const google::protobuf::Message& event) = 0;
};

}  // namespace firstmile::flows
