// Reads of one shop's state, for operations that need several calls.
//
// Belongs to the loop of its gateway.
#pragma once

#include "async/task.h"
#include "endpoints/endpoint_table.h"
#include "gateway/gateway.h"

namespace firstmile::flows {

// Most pages that one search follows; a longer list counts as unreadable.
inline constexpr int kSearchPagesMax = 100;

class ShopReader {
 public:
  // All references outlive the reader. Every read has what is left of the context's deadline.
  ShopReader(gateway::Gateway& gateway, const endpoints::EndpointTable& endpoints,
             const transport::Clock& clock, gateway::CallContext context)
      : gateway_(gateway), endpoints_(endpoints), clock_(clock), context_(std::move(context)) {}

  absl::Time now() const { return clock_.Now(); }

  // False when the platform gives no answer that can be used.
  async::Task<bool> Read(const google::protobuf::Message& request, google::protobuf::Message* response) {
    const endpoints::Endpoint& endpoint = *endpoints_.FindByRequest(request.GetDescriptor());
    const gateway::CallReport report = co_await gateway_.Call(endpoint, request, response, context_);
    waited_ += report.waited;
    co_return report.status.code() == 0;
  }

  // Reads page after page until `enough` says so of one, or the list ends. False when a page cannot be read,
  // the cursor does not move, or the list is longer than kSearchPagesMax.
  template <typename Response, typename Request, typename Enough>
  async::Task<bool> ReadPages(Request request, Enough enough) {
    for (int page = 0; page < kSearchPagesMax; ++page) {
      Response response;
      const bool read = co_await Read(request, &response);
      if (!read) co_return false;
      if (enough(response) || !response.more()) co_return true;
      if (response.next_cursor().empty() || response.next_cursor() == request.cursor()) co_return false;
      request.set_cursor(response.next_cursor());
    }
    co_return false;
  }

  // Time that the reads spent waiting for their turns.
  absl::Duration waited() const { return waited_; }

 private:
  gateway::Gateway& gateway_;
  const endpoints::EndpointTable& endpoints_;
  const transport::Clock& clock_;
  const gateway::CallContext context_;
  absl::Duration waited_;
};

}  // namespace firstmile::flows
