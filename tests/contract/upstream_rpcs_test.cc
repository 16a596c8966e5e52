// The server implements every rpc that the contract maps onto a call of Shopee.
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "contract/services.h"
#include "endpoints/endpoint_table.h"
#include "gateway/shards.h"
#include "rpc/contract_service.h"
#include "rpc/rpc_context.h"
#include "tokens/stores/memory_store.h"
#include "tokens/token_backend.h"
#include "tokens/token_event_broadcast.h"

namespace firstmile::testing {
namespace {

using google::protobuf::MethodDescriptor;

// True when the sidecar implements some rpcs of the service itself.
bool IsMixed(const google::protobuf::ServiceDescriptor& service) {
  return endpoints::UpstreamMethods(service).size() < static_cast<std::size_t>(service.method_count());
}

// The services over an in-process channel. No call reaches Shopee.
class Server {
 public:
  Server() {
    for (const google::protobuf::ServiceDescriptor* service : ContractServices()) {
      if (!IsMixed(*service)) services_.push_back(std::make_unique<rpc::ContractService>(rpc_, *service));
    }
    grpc::ServerBuilder builder;
    for (const auto& service : services_) builder.RegisterService(service.get());
    server_ = builder.BuildAndStart();
  }
  ~Server() {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }

  // A stream that fails before its first message ends like a unary call.
  grpc::Status Call(const MethodDescriptor& method, const grpc::ByteBuffer& request) {
    grpc::GenericStub stub(server_->InProcessChannel({}));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
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
  tokens::TokenEventBroadcast events_;
  const tokens::TokenBackend tokens_{
      std::make_unique<tokens::MemoryStore>(), tokens::EphemeralEncryptionKeys(), {}, events_, signer_};
  ops::Metrics metrics_;
  transport::BlockingThreads answer_threads_{1};
  gateway::Shards shards_{
      1,
      {.transport = {}, .gateway = {.base_url = "http://upstream.test"}, .limits = {}},
      {.clock = clock_, .tokens = tokens_.context(), .metrics = metrics_, .answer_threads = answer_threads_}};
  limits::AdmissionGate gate_{{}};
  transport::BlockingThreads query_threads_{1};
  const rpc::RpcContext rpc_{.endpoints = table_.value(),
                             .shards = shards_,
                             .clock = clock_,
                             .gate = gate_,
                             .metrics = metrics_,
                             .query_threads = query_threads_,
                             .read_back = {}};
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
};

bool NamesASubject(const MethodDescriptor& method) {
  const google::protobuf::FieldDescriptor* first = method.input_type()->FindFieldByNumber(1);
  return first != nullptr && first->options().GetExtension(firstmile::mapping::wire).subject();
}

grpc::ByteBuffer Bytes(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

class UpstreamRpcs : public ::testing::Test {
 protected:
  // Every unary rpc and stream of the services that have no other.
  static std::vector<const MethodDescriptor*> All() {
    std::vector<const MethodDescriptor*> all;
    for (const std::vector<const MethodDescriptor*>& methods : {UnaryMethods(), StreamMethods()}) {
      for (const MethodDescriptor* method : methods) {
        if (!IsMixed(*method->service())) all.push_back(method);
      }
    }
    return all;
  }

  Server server_;
};

TEST_F(UpstreamRpcs, RefuseARequestWithoutItsShopOrMerchant) {
  for (const MethodDescriptor* method : All()) {
    if (!NamesASubject(*method)) continue;
    const grpc::Status status = server_.Call(*method, Bytes(""));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << method->full_name() << ": " << status.error_message();
    const std::string subject(method->input_type()->FindFieldByNumber(1)->name());
    EXPECT_NE(status.error_message().find(subject), std::string::npos) << status.error_message();
  }
}

TEST_F(UpstreamRpcs, SayThatARequestCannotBeRead) {
  for (const MethodDescriptor* method : All()) {
    const grpc::Status status = server_.Call(*method, Bytes("\xff\xff"));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << method->full_name() << ": " << status.error_message();
    EXPECT_NE(status.error_message().find(std::string(method->input_type()->full_name())), std::string::npos)
        << status.error_message();
  }
}

TEST_F(UpstreamRpcs, SayThatATextIsNotUtf8) {
  for (const MethodDescriptor* method : All()) {
    if (method->name() != "GetTrackingNumber") continue;
    const grpc::Status status = server_.Call(*method, Bytes("\x08\x05\x12\x01\xff"));  // order_sn: one byte
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_NE(status.error_message().find("UTF-8"), std::string::npos) << status.error_message();
    return;
  }
  FAIL() << "there is no GetTrackingNumber";
}

}  // namespace
}  // namespace firstmile::testing
