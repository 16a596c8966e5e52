#include "rpc/logistics_service.h"

#include "firstmile/v1/logistics_service.grpc.pb.h"
#include "rpc/service_base.h"

namespace firstmile::rpc {
namespace {

class LogisticsService final : public ServiceBase<v1::LogisticsService::CallbackService> {
 public:
  using ServiceBase::ServiceBase;

  Unary* GetTrackingNumber(Context* c, const v1::GetTrackingNumberRequest* q,
                           v1::GetTrackingNumberResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetMassTrackingNumber(Context* c, const v1::GetMassTrackingNumberRequest* q,
                               v1::GetMassTrackingNumberResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetTrackingInfo(Context* c, const v1::GetTrackingInfoRequest* q,
                         v1::GetTrackingInfoResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetBookingTrackingNumber(Context* c, const v1::GetBookingTrackingNumberRequest* q,
                                  v1::GetBookingTrackingNumberResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetBookingTrackingInfo(Context* c, const v1::GetBookingTrackingInfoRequest* q,
                                v1::GetBookingTrackingInfoResponse* r) override {
    return Start(c, q, r);
  }
};

}  // namespace

std::unique_ptr<grpc::Service> MakeLogisticsService(const RpcContext& rpc) {
  return std::make_unique<LogisticsService>(rpc);
}

}  // namespace firstmile::rpc
