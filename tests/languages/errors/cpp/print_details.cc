// Prints what the package's helper says about the error of each named case: TARGET CASE...
#include <grpcpp/grpcpp.h>

#include <iostream>
#include <string>

#include "firstmile/calls.h"
#include "firstmile/errors.h"
#include "firstmile/v1/logistics_service.grpc.pb.h"

namespace {

using firstmile::v1::LogisticsService;

constexpr std::chrono::hours kLong{365 * 24};

std::string Printed(const std::optional<std::chrono::nanoseconds>& delay) {
  if (!delay) return "none";
  if (*delay > kLong) return "long";
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(*delay).count()) + " ms";
}

void PrintDetails(LogisticsService::Stub& logistics, const std::string& name) {
  firstmile::v1::GetTrackingNumberRequest request;
  request.set_order_sn(name);
  try {
    firstmile::Call(logistics, &LogisticsService::Stub::GetTrackingNumber, request);
  } catch (const firstmile::CallError& error) {
    const firstmile::ErrorDetails details = firstmile::ErrorDetailsOf(error.status());
    std::cout << name << " | " << firstmile::Described(details) << " | " << Printed(details.retry_delay);
    for (const auto& [key, value] : details.metadata) std::cout << " | " << key << '=' << value;
    std::cout << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto channel = grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials());
  const auto logistics = LogisticsService::NewStub(channel);
  for (int i = 2; i < argc; ++i) PrintDetails(*logistics, argv[i]);
}
