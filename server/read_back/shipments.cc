#include "read_back/shipments.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/echoes.h"
#include "firstmile/v1/logistics_ship.pb.h"
#include "firstmile/v1/logistics_updates.pb.h"
#include "firstmile/v1/order_detail.pb.h"
#include "firstmile/v1/package_detail.pb.h"
#include "read_back/order_reader.h"
#include "read_back/read_back_texts.h"

namespace firstmile::read_back {
namespace {

using codec::NamesTheSame;
using google::protobuf::Message;
using Kind = ReadBackResult::Kind;

// Most packages of one get_package_detail.
constexpr std::size_t kPackagesPerRead = 50;

enum class Sight { kDone, kNotDone, kUnclear };

// Whether the shipment of a package is arranged. A package whose pickup failed or that was cancelled was
// shipped once: whether this call did that is open.
Sight ShipmentIn(v1::LogisticsStatus status) {
  switch (status) {
    case v1::LOGISTICS_STATUS_NOT_START:
    case v1::LOGISTICS_STATUS_PENDING_ARRANGE:
    case v1::LOGISTICS_STATUS_COD_REJECTED:
    case v1::LOGISTICS_STATUS_READY:
    case v1::LOGISTICS_STATUS_INVALID:
      return Sight::kNotDone;
    case v1::LOGISTICS_STATUS_REQUEST_CREATED:
    case v1::LOGISTICS_STATUS_PICKUP_DONE:
    case v1::LOGISTICS_STATUS_DELIVERY_DONE:
      return Sight::kDone;
    default:
      return Sight::kUnclear;
  }
}

// The requested package, or the only one; null if the order has no such package.
const v1::OrderPackage* FindPackage(const v1::OrderDetail& order, const std::string& package_number) {
  if (package_number.empty()) return order.package_list_size() == 1 ? &order.package_list(0) : nullptr;
  for (const v1::OrderPackage& package : order.package_list()) {
    if (NamesTheSame(package.package_number(), package_number)) return &package;
  }
  return nullptr;
}

Sight ShipmentIn(const v1::PackageDetail& package) {
  const Sight sight = ShipmentIn(package.fulfillment_status());
  // Shopee may still be at work on a shipment that is arranged.
  return sight == Sight::kNotDone && package.is_shipment_arranged() ? Sight::kDone : sight;
}

struct Parcel {
  std::string package_number;
  Sight sight = Sight::kUnclear;
};

Parcel ParcelIn(const v1::OrderDetail& order, const std::string& package_number) {
  const v1::OrderPackage* package = FindPackage(order, package_number);
  if (package == nullptr) return {};
  return {package->package_number(), ShipmentIn(package->logistics_status())};
}

// What get_package_detail tells of these packages; those that it does not have are unclear.
async::Task<std::vector<Sight>> ReadPackages(ShopReader& reader, std::int64_t shop_id,
                                             std::vector<std::string> numbers) {
  std::vector<Sight> sights(numbers.size(), Sight::kUnclear);
  for (std::size_t first = 0; first < numbers.size(); first += kPackagesPerRead) {
    const std::size_t end = std::min(first + kPackagesPerRead, numbers.size());
    v1::GetPackageDetailRequest request;
    request.set_shop_id(shop_id);
    for (std::size_t i = first; i < end; ++i) request.add_package_number_list(numbers[i]);
    v1::GetPackageDetailResponse packages;
    const bool read = co_await reader.Read(request, &packages);
    if (!read) continue;
    for (std::size_t i = first; i < end; ++i) {
      for (const v1::PackageDetail& package : packages.package_list()) {
        if (NamesTheSame(package.package_number(), numbers[i])) sights[i] = ShipmentIn(package);
      }
    }
  }
  co_return sights;
}

// A package that looks unshipped in its order may be on its way there: only get_package_detail has
// is_shipment_arranged.
async::Task<std::vector<Sight>> LookCloser(ShopReader& reader, std::int64_t shop_id,
                                           std::vector<Parcel> parcels) {
  std::vector<std::string> numbers;
  for (const Parcel& parcel : parcels) {
    if (parcel.sight == Sight::kNotDone) numbers.push_back(parcel.package_number);
  }
  const std::vector<Sight> closer = co_await ReadPackages(reader, shop_id, std::move(numbers));
  std::vector<Sight> sights;
  sights.reserve(parcels.size());
  std::size_t next = 0;
  for (const Parcel& parcel : parcels)
    sights.push_back(parcel.sight == Sight::kNotDone ? closer[next++] : parcel.sight);
  co_return sights;
}

template <typename Response>
ReadBackResult Concluded(Sight sight, Response* response) {
  if (sight == Sight::kUnclear) return {};
  if (sight == Sight::kNotDone) return {.kind = Kind::kNothing};
  return Found(response);
}

// `sights`: one for each outcome of `response`.
template <typename Response>
ReadBackResult Concluded(const std::vector<Sight>& sights, Response* response) {
  const bool clear = std::find(sights.begin(), sights.end(), Sight::kUnclear) == sights.end();
  if (std::find(sights.begin(), sights.end(), Sight::kDone) == sights.end()) {
    response->Clear();
    return {.kind = clear ? Kind::kNothing : Kind::kUnknown};
  }
  for (int i = 0; i < response->outcomes_size(); ++i) {
    const bool done = sights[static_cast<std::size_t>(i)] == Sight::kDone;
    response->mutable_outcomes(i)->set_state(done ? v1::OUTCOME_STATE_SUCCEEDED
                                                  : v1::OUTCOME_STATE_UNREPORTED);
  }
  response->mutable_header()->add_warnings()->set_text(kOutcomesReadAfterLoss);
  return {.kind = Kind::kSomething, .is_complete = clear};
}

// Whether the package has the state that the seller reported. It may have gone on since.
Sight ReportIn(v1::LogisticsStatus status, v1::SellerTransportStatus reported) {
  switch (status) {
    case v1::LOGISTICS_STATUS_READY:
    case v1::LOGISTICS_STATUS_REQUEST_CREATED:
      return Sight::kNotDone;
    case v1::LOGISTICS_STATUS_PICKUP_DONE:
      return reported == v1::SELLER_TRANSPORT_STATUS_PICKUP_DONE ? Sight::kDone : Sight::kNotDone;
    case v1::LOGISTICS_STATUS_DELIVERY_DONE:
      return reported == v1::SELLER_TRANSPORT_STATUS_DELIVERY_FAILED ? Sight::kUnclear : Sight::kDone;
    case v1::LOGISTICS_STATUS_DELIVERY_FAILED:
      return reported == v1::SELLER_TRANSPORT_STATUS_DELIVERY_DONE ? Sight::kUnclear : Sight::kDone;
    default:
      return Sight::kUnclear;
  }
}

}  // namespace

async::Task<ReadBackResult> AfterShipOrder(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::ShipOrderRequest&>(message);
  const auto order = co_await ReadOrder(reader, request.shop_id(), request.order_sn());
  if (!order.has_value()) co_return ReadBackResult{};
  std::vector<Parcel> parcels = {ParcelIn(*order, request.package_number())};
  const std::vector<Sight> sights = co_await LookCloser(reader, request.shop_id(), std::move(parcels));
  co_return Concluded(sights.front(), static_cast<v1::ShipOrderResponse*>(answer));
}

async::Task<ReadBackResult> AfterMassShipOrder(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::MassShipOrderRequest&>(message);
  auto* response = static_cast<v1::MassShipOrderResponse*>(answer);
  std::vector<std::string> numbers;
  numbers.reserve(static_cast<std::size_t>(request.package_list_size()));
  for (const v1::PackageKey& key : request.package_list()) {
    numbers.push_back(key.package_number());
    response->add_outcomes()->set_package_number(key.package_number());
  }
  const std::vector<Sight> sights = co_await ReadPackages(reader, request.shop_id(), std::move(numbers));
  co_return Concluded(sights, response);
}

async::Task<ReadBackResult> AfterBatchShipOrder(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::BatchShipOrderRequest&>(message);
  auto* response = static_cast<v1::BatchShipOrderResponse*>(answer);
  std::vector<std::string> order_sns;
  order_sns.reserve(static_cast<std::size_t>(request.order_list_size()));
  for (const v1::OrderKey& key : request.order_list()) order_sns.push_back(key.order_sn());
  const auto orders = co_await ReadOrders(reader, request.shop_id(), std::move(order_sns));
  if (!orders.has_value()) co_return ReadBackResult{};
  std::vector<Parcel> parcels;
  parcels.reserve(static_cast<std::size_t>(request.order_list_size()));
  for (const v1::OrderKey& key : request.order_list()) {
    v1::OrderOutcome* outcome = response->add_outcomes();
    outcome->set_order_sn(key.order_sn());
    outcome->set_package_number(key.package_number());
    const auto order = std::find_if(orders->begin(), orders->end(), [&key](const v1::OrderDetail& candidate) {
      return NamesTheSame(candidate.order_sn(), key.order_sn());
    });
    parcels.push_back(order == orders->end() ? Parcel() : ParcelIn(*order, key.package_number()));
  }
  const std::vector<Sight> sights = co_await LookCloser(reader, request.shop_id(), std::move(parcels));
  co_return Concluded(sights, response);
}

async::Task<ReadBackResult> AfterUpdateShippingOrder(ShopReader&, const Message&, Message*) {
  co_return ReadBackResult{};
}

async::Task<ReadBackResult> AfterUpdateTrackingStatus(ShopReader& reader, const Message& message,
                                                      Message* answer) {
  const auto& request = static_cast<const v1::UpdateTrackingStatusRequest&>(message);
  auto* response = static_cast<v1::UpdateTrackingStatusResponse*>(answer);
  const auto order = co_await ReadOrder(reader, request.shop_id(), request.order_sn());
  const v1::OrderPackage* package = order.has_value() ? FindPackage(*order, "") : nullptr;
  if (package == nullptr) co_return ReadBackResult{};
  const Sight sight = ReportIn(package->logistics_status(), request.logistics_status());
  if (sight == Sight::kDone) response->set_update_result(v1::TRACKING_UPDATE_RESULT_SUCCEEDED);
  co_return Concluded(sight, response);
}

}  // namespace firstmile::read_back
