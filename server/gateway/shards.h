// The event loops with what lives on them, and the rule which shop lives where.
//
// `For` is thread-safe. A shard's gateway belongs to its loop.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/gateway.h"
#include "transport/curl_transport.h"
#include "transport/event_loop.h"

namespace firstmile::gateway {

struct Shard {
  Shard(const transport::Clock& clock, int index, const transport::CurlTransportOptions& transport_options,
        const GatewayOptions& gateway_options, tokens::AccessTokens& tokens, const signing::Signer& signer);
  ~Shard();

  // The loop stops first and is freed last.
  transport::EventLoop loop;
  transport::CurlTransport transport;
  Gateway gateway;
};

class Shards {
 public:
  // `count` is at least 1.
  Shards(int count, const transport::Clock& clock, const transport::CurlTransportOptions& transport_options,
         const GatewayOptions& gateway_options, tokens::AccessTokens& tokens, const signing::Signer& signer);

  // The shard where a shop or merchant lives, always the same.
  Shard& For(std::int64_t subject_id);

 private:
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace firstmile::gateway
