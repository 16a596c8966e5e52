#include "read_back/booking_search.h"

#include <algorithm>
#include <vector>

#include "absl/time/civil_time.h"
#include "read_back/order_search.h"

namespace firstmile::read_back {
namespace {

// Most recent bindings that are read; with more, the outcome is unknown.
constexpr std::size_t kBindingsMax = 50;

// A call books for at most 50 orders, so a binding with a second page is not its own.
constexpr int kOrdersOfABooking = 50;

using Request = v1::GenerateAndBindFirstMileTrackingNumberRequest;

// States that a booking reaches only later. A cancelled one has no courier any more.
bool IsPast(v1::FirstMileStatus status) {
  switch (status) {
    case v1::FIRST_MILE_STATUS_PICKED_UP:
    case v1::FIRST_MILE_STATUS_DELIVERED:
    case v1::FIRST_MILE_STATUS_CANCELING:
    case v1::FIRST_MILE_STATUS_CANCELED:
      return true;
    default:
      return false;
  }
}

// A binding is made no later than its declared day. Shopee's day is China's: one that had ended in UTC when
// the call began has ended there too.
constexpr absl::Duration kCallTakesAtMost = absl::Hours(1);

bool IsOfAnEarlierDay(const v1::CourierDeliveryBinding& binding, absl::Time now) {
  absl::CivilDay declared;
  return absl::ParseCivilTime(binding.declare_date(), &declared) &&
         declared < absl::ToCivilDay(now - kCallTakesAtMost, absl::UTCTimeZone());
}

// Bindings made yesterday or later, by any clock. Returns false when there are too many or they cannot be
// read.
async::Task<bool> ListRecentBindings(ShopReader& reader, std::int64_t shop_id,
                                     std::vector<v1::CourierDeliveryBinding>& bindings) {
  const absl::CivilDay today = absl::ToCivilDay(reader.now(), absl::FixedTimeZone(8 * 60 * 60));
  v1::GetCourierDeliveryTrackingNumberListRequest request;
  request.set_shop_id(shop_id);
  request.set_from_date(absl::FormatCivilTime(today - 1));
  request.set_to_date(absl::FormatCivilTime(today + 1));
  request.set_page_size(50);
  const bool read = co_await reader.ReadPages<v1::GetCourierDeliveryTrackingNumberListResponse>(
      std::move(request), [&](const auto& page) {
        bindings.insert(bindings.end(), page.tracking_number_list().begin(),
                        page.tracking_number_list().end());
        return bindings.size() > kBindingsMax;
      });
  co_return read&& bindings.size() <= kBindingsMax;
}

// Sorts the bindings by their orders.
class Candidates {
 public:
  Candidates(const Request& request, absl::Time now)
      : request_(request), now_(now), anywhere_(request.order_list()) {}

  void Add(const v1::CourierDeliveryBinding& binding, const v1::GetCourierDeliveryDetailResponse& detail) {
    OrderSearch of_the_request(request_.order_list());
    bool foreign = detail.more();
    for (const v1::BoundOrder& order : detail.order_list()) {
      const bool ours = of_the_request.Add(order.order_sn(), order.package_number());
      foreign = foreign || !ours;
    }
    anywhere_.AddAll(detail.order_list());
    if (foreign || IsPast(binding.status()) || IsOfAnEarlierDay(binding, now_)) return;
    auto& kind = of_the_request.any() ? holding_ : empty_;
    if (std::find(kind.begin(), kind.end(), binding.binding_id()) == kind.end()) {
      kind.push_back(binding.binding_id());
    }
  }

  Booking Conclude() && {
    if (holding_.size() == 1 && anywhere_.all())
      return {.binding_id = holding_.front(), .read_back_result = {}};
    holding_.insert(holding_.end(), empty_.begin(), empty_.end());
    using enum ReadBackResult::Kind;
    return {.binding_id = "",
            .read_back_result = {.kind = holding_.empty() ? kNothing : kUnknown,
                                 .candidate_bindings = std::move(holding_)}};
  }

 private:
  const Request& request_;
  const absl::Time now_;
  OrderSearch anywhere_;
  std::vector<std::string> holding_;  // orders of the request
  std::vector<std::string> empty_;
};

}  // namespace

async::Task<Booking> FindBooking(ShopReader& reader, const Request& request) {
  std::vector<v1::CourierDeliveryBinding> bindings;
  bool read = co_await ListRecentBindings(reader, request.shop_id(), bindings);
  Candidates candidates(request, reader.now());
  for (std::size_t i = 0; read && i < bindings.size(); ++i) {
    v1::GetCourierDeliveryDetailRequest question;
    question.set_shop_id(request.shop_id());
    question.set_binding_id(bindings[i].binding_id());
    question.set_page_size(kOrdersOfABooking);
    v1::GetCourierDeliveryDetailResponse detail;
    read = co_await reader.Read(question, &detail);
    if (read) candidates.Add(bindings[i], detail);
  }
  if (!read) co_return Booking{};
  co_return std::move(candidates).Conclude();
}

}  // namespace firstmile::read_back
