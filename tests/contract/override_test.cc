// Every rpc of the contract is answered by the program: an rpc without its override would say UNIMPLEMENTED.
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "contract/services.h"
#include "endpoints/endpoint_table.h"
#include "gateway/shards.h"
#include "rpc/first_mile_service.h"
#include "rpc/logistics_service.h"
#include "rpc/rpc_context.h"
#include "tokens/custody.h"
#include "tokens/custody_broadcast.h"
#include "tokens/stores/memory_store.h"

namespace firstmile::testing {
namespace {

using google::protobuf::MethodDescriptor;

// The services over an in-process channel. No call gets as far as the platform.
class Server {
 public:
  Server() {
    for (auto make : {rpc::MakeFirstMileService, rpc::MakeLogisticsService}) services_.push_back(make(rpc_));
    grpc::ServerBuilder builder;
    for (const auto& service : services_) builder.RegisterService(service.get());
    server_ = builder.BuildAndStart();
  }
  ~Server() {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }

  // Calls with an empty request. A stream that fails before its first message ends like a unary call.
  grpc::Status Call(const MethodDescriptor& method) {
    grpc::GenericStub stub(server_->InProcessChannel({}));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    const grpc::Slice empty;
    const grpc::ByteBuffer request(&empty, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> status;
    stub.UnaryCall(&context, absl::StrCat("/", method.service()->full_name(), "/", method.name()),
                   grpc::StubOptions(), &request, &response,
                   [&status](grpc::Status ended) { status.set_value(std::move(ended)); });
    return status.get_future().get();
  }

 private:
  const transport::SystemClock clock_;
  const absl::StatusOr<endpoints::EndpointTable> table_ = endpoints::EndpointTable::Build(ContractServices());
  const signing::Signer signer_{1, secrets::Secret(std::string("no key"))};
  tokens::CustodyBroadcast events_;
  const tokens::Custody custody_{
      std::make_unique<tokens::MemoryStore>(), tokens::EphemeralSealingKeys(), {}, events_, signer_};
  ops::Metrics metrics_;
  transport::BlockingThreads answer_threads_{1};
  gateway::Shards shards_{1,
                          {.transport = {}, .gateway = {.base_url = "http://upstream.test"}, .limits = {}},
                          {.clock = clock_,
                           .custody = custody_.context(),
                           .metrics = metrics_,
                           .answer_threads = answer_threads_}};
  limits::AdmissionGate gate_{{}, clock_};
  transport::BlockingThreads query_threads_{1};
  const rpc::RpcContext rpc_{.endpoints = table_.value(),
                             .shards = shards_,
                             .clock = clock_,
                             .gate = gate_,
                             .metrics = metrics_,
                             .query_threads = query_threads_,
                             .flows = {}};
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
};

TEST(Override, EveryRpcRefusesARequestWithoutAShop) {
  Server server;
  for (const std::vector<const MethodDescriptor*>& methods : {UnaryMethods(), StreamMethods()}) {
    for (const MethodDescriptor* method : methods) {
      const grpc::Status status = server.Call(*method);
      EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
          << method->full_name() << ": " << status.error_message();
      EXPECT_NE(status.error_message().find("shop_id"), std::string::npos) << status.error_message();
    }
  }
}

}  // namespace
}  // namespace firstmile::testing
