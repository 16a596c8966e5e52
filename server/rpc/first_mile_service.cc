#include "rpc/first_mile_service.h"

#include "firstmile/v1/first_mile_service.grpc.pb.h"
#include "rpc/service_base.h"

namespace firstmile::rpc {
namespace {

class FirstMileService final : public ServiceBase<v1::FirstMileService::CallbackService> {
 public:
  using ServiceBase::ServiceBase;

  Unary* GetUnbindOrderList(Context* c, const v1::GetUnbindOrderListRequest* q,
                            v1::GetUnbindOrderListResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetDetail(Context* c, const v1::GetDetailRequest* q, v1::GetDetailResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GenerateFirstMileTrackingNumber(Context* c, const v1::GenerateFirstMileTrackingNumberRequest* q,
                                         v1::GenerateFirstMileTrackingNumberResponse* r) override {
    return Start(c, q, r);
  }
  Unary* BindFirstMileTrackingNumber(Context* c, const v1::BindFirstMileTrackingNumberRequest* q,
                                     v1::BindFirstMileTrackingNumberResponse* r) override {
    return Start(c, q, r);
  }
  Unary* UnbindFirstMileTrackingNumber(Context* c, const v1::UnbindFirstMileTrackingNumberRequest* q,
                                       v1::UnbindFirstMileTrackingNumberResponse* r) override {
    return Start(c, q, r);
  }
  Unary* UnbindFirstMileTrackingNumberAll(Context* c, const v1::UnbindFirstMileTrackingNumberAllRequest* q,
                                          v1::UnbindFirstMileTrackingNumberAllResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetTrackingNumberList(Context* c, const v1::GetTrackingNumberListRequest* q,
                               v1::GetTrackingNumberListResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetWaybill(Context* c, const v1::GetWaybillRequest* q, v1::GetWaybillResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetChannelList(Context* c, const v1::FirstMileServiceGetChannelListRequest* q,
                        v1::FirstMileServiceGetChannelListResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetTransitWarehouseList(Context* c, const v1::GetTransitWarehouseListRequest* q,
                                 v1::GetTransitWarehouseListResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetCourierDeliveryChannelList(Context* c, const v1::GetCourierDeliveryChannelListRequest* q,
                                       v1::GetCourierDeliveryChannelListResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GenerateAndBindFirstMileTrackingNumber(
      Context* c, const v1::GenerateAndBindFirstMileTrackingNumberRequest* q,
      v1::GenerateAndBindFirstMileTrackingNumberResponse* r) override {
    return Start(c, q, r);
  }
  Unary* BindCourierDeliveryFirstMileTrackingNumber(
      Context* c, const v1::BindCourierDeliveryFirstMileTrackingNumberRequest* q,
      v1::BindCourierDeliveryFirstMileTrackingNumberResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetCourierDeliveryDetail(Context* c, const v1::GetCourierDeliveryDetailRequest* q,
                                  v1::GetCourierDeliveryDetailResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetCourierDeliveryTrackingNumberList(Context* c,
                                              const v1::GetCourierDeliveryTrackingNumberListRequest* q,
                                              v1::GetCourierDeliveryTrackingNumberListResponse* r) override {
    return Start(c, q, r);
  }
  Unary* GetCourierDeliveryWaybill(Context* c, const v1::GetCourierDeliveryWaybillRequest* q,
                                   v1::GetCourierDeliveryWaybillResponse* r) override {
    return Start(c, q, r);
  }
  Stream<v1::StreamUnbindOrdersResponse>* StreamUnbindOrders(
      Context* c, const v1::StreamUnbindOrdersRequest* q) override {
    return Start<v1::StreamUnbindOrdersResponse>(c, q);
  }
  Stream<v1::StreamTrackingNumbersResponse>* StreamTrackingNumbers(
      Context* c, const v1::StreamTrackingNumbersRequest* q) override {
    return Start<v1::StreamTrackingNumbersResponse>(c, q);
  }
  Stream<v1::StreamFirstMileDetailResponse>* StreamFirstMileDetail(
      Context* c, const v1::StreamFirstMileDetailRequest* q) override {
    return Start<v1::StreamFirstMileDetailResponse>(c, q);
  }
  Stream<v1::StreamCourierDeliveryTrackingNumbersResponse>* StreamCourierDeliveryTrackingNumbers(
      Context* c, const v1::StreamCourierDeliveryTrackingNumbersRequest* q) override {
    return Start<v1::StreamCourierDeliveryTrackingNumbersResponse>(c, q);
  }
  Stream<v1::StreamCourierDeliveryDetailResponse>* StreamCourierDeliveryDetail(
      Context* c, const v1::StreamCourierDeliveryDetailRequest* q) override {
    return Start<v1::StreamCourierDeliveryDetailResponse>(c, q);
  }
  Stream<v1::DownloadWaybillResponse>* DownloadWaybill(Context* c,
                                                       const v1::DownloadWaybillRequest* q) override {
    return Start<v1::DownloadWaybillResponse>(c, q);
  }
};

}  // namespace

std::unique_ptr<grpc::Service> MakeFirstMileService(const RpcContext& rpc) {
  return std::make_unique<FirstMileService>(rpc);
}

}  // namespace firstmile::rpc
