#include "rpc/flow_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "firstmile/v1/flow_orders.pb.h"
#include "flows/orders_flow.h"
#include "rpc/contract_service.h"
#include "rpc/flow_stream.h"

namespace firstmile::rpc {
namespace {

using google::protobuf::Message;

template <typename Request>
subjects::Subject FirstShop(const Message& request) {
  const auto& orders = static_cast<const Request&>(request).order_list();
  return subjects::Shop(orders.empty() ? 0 : orders[0].shop_id());
}

template <typename Request>
std::size_t ShopsOf(const Message& request) {
  return flows::GroupByShop(static_cast<const Request&>(request).order_list()).size();
}

// Write: of OrdersWrite.
template <typename Write, typename Response, typename Request>
async::Task<gateway::CallReport> RunOrdersFlow(const Request& request, FlowRun run, int shops_in_parallel) {
  const Write write(request, run.shops);
  flows::OrdersEventsAs<Response> events(run.events);
  flows::OrdersFlow flow(request.order_list(), write, events, run.context, shops_in_parallel);
  co_return co_await flow.Run();
}

template <typename Write, typename Request, typename Response>
void AddOrdersFlow(const RpcContext& rpc, const std::string& name, ContractService* service) {
  auto flow = std::make_shared<const FlowRpc>(FlowRpc{.operation = absl::StrCat("FlowService/", name),
                                                      .work =
                                                          [&rpc](const Message& request, FlowRun run) {
                                                            return RunOrdersFlow<Write, Response>(
                                                                static_cast<const Request&>(request),
                                                                std::move(run), rpc.stream_shops_in_parallel);
                                                          },
                                                      .first_shop = FirstShop<Request>,
                                                      .shops = ShopsOf<Request>});
  service->AddStream(name, [&rpc, flow](grpc::CallbackServerContext& context, ReceivedRequest request,
                                        const endpoints::RequestRules& rules) {
    return FlowStream::Start(rpc, *flow, context, std::move(request), rules);
  });
}

}  // namespace

std::unique_ptr<grpc::Service> MakeFlowService(const RpcContext& rpc) {
  auto service = std::make_unique<ContractService>(rpc, ServiceNamed("firstmile.v1.FlowService"));
  AddOrdersFlow<flows::BindWrite, v1::BindOrdersRequest, v1::BindOrdersResponse>(rpc, "BindOrders",
                                                                                 service.get());
  AddOrdersFlow<flows::UnbindWrite, v1::UnbindOrdersRequest, v1::UnbindOrdersResponse>(rpc, "UnbindOrders",
                                                                                       service.get());
  return service;
}

}  // namespace firstmile::rpc
