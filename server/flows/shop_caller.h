// Makes the calls of a flow, each on its shop's loop.
//
// Belongs to the flow's home loop, where its tasks resume.
#pragma once

#include "gateway/shards.h"
#include "read_back/call_with_read_back.h"

namespace firstmile::flows {

class ShopCaller {
 public:
  virtual ~ShopCaller() = default;

  // One rpc of Shopee, with the read-back of a write. The references outlive the task.
  virtual async::Task<gateway::CallReport> Call(const google::protobuf::Message& request,
                                                google::protobuf::Message* response,
                                                gateway::CallContext context) = 0;
};

// All references outlive it.
class ShardCaller final : public ShopCaller {
 public:
  ShardCaller(gateway::Shards& shards, const endpoints::EndpointTable& endpoints,
              const read_back::ReadBackOptions& read_back, ops::Metrics& metrics, transport::EventLoop& home)
      : shards_(shards), endpoints_(endpoints), read_back_(read_back), metrics_(metrics), home_(home) {}

  async::Task<gateway::CallReport> Call(const google::protobuf::Message& request,
                                        google::protobuf::Message* response,
                                        gateway::CallContext context) override;

 private:
  gateway::Shards& shards_;
  const endpoints::EndpointTable& endpoints_;
  const read_back::ReadBackOptions& read_back_;
  ops::Metrics& metrics_;
  transport::EventLoop& home_;
};

}  // namespace firstmile::flows
