#include "gateway/shards.h"

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"

namespace firstmile::gateway {

Shard::Shard(const transport::Clock& clock, int index,
             const transport::CurlTransportOptions& transport_options, const GatewayOptions& gateway_options,
             tokens::AccessTokens& tokens, const signing::Signer& signer)
    : loop(clock, absl::StrCat("loop-", index)),
      transport(loop, transport_options),
      gateway(gateway_options, loop, transport, tokens, signer) {}

Shard::~Shard() {
  loop.Stop();
}

Shards::Shards(int count, const transport::Clock& clock,
               const transport::CurlTransportOptions& transport_options,
               const GatewayOptions& gateway_options, tokens::AccessTokens& tokens,
               const signing::Signer& signer) {
  for (int i = 0; i < count; ++i) {
    shards_.push_back(std::make_unique<Shard>(clock, i, transport_options, gateway_options, tokens, signer));
  }
}

Shard& Shards::For(std::int64_t subject_id) {
  return *shards_[absl::HashOf(subject_id) % shards_.size()];
}

}  // namespace firstmile::gateway
