// Baseline for refusals: a bare gRPC callback server that answers every call at once. Prints its address.
#include <grpcpp/grpcpp.h>

#include <csignal>
#include <iostream>
#include <memory>

#include "firstmile/v1/first_mile_service.grpc.pb.h"

namespace {

class Echo final : public firstmile::v1::FirstMileService::CallbackService {
  grpc::ServerUnaryReactor* GetChannelList(grpc::CallbackServerContext* context,
                                           const firstmile::v1::FirstMileServiceGetChannelListRequest*,
                                           firstmile::v1::FirstMileServiceGetChannelListResponse*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main() {
  sigset_t signals;  // blocked before any thread starts, so that only sigwait receives it
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  Echo echo;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::cerr << "127.0.0.1:" << port << '\n';
  int received = 0;
  sigwait(&signals, &received);
  server->Shutdown();
  return 0;
}
