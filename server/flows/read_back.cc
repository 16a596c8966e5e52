#include "flows/read_back.h"

#include <array>

#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "firstmile/v1/first_mile_courier.pb.h"
#include "firstmile/v1/first_mile_numbers.pb.h"
#include "firstmile/v1/first_mile_orders.pb.h"
#include "firstmile/v1/logistics_tracking.pb.h"
#include "flows/order_search.h"

namespace firstmile::flows {
namespace {

using google::protobuf::Message;

// Bindings of the last days whose orders are looked at, newest included; more count as unknown.
constexpr std::size_t kBindingsMax = 50;

// Numbers that an answer names as possible fruits of a generation.
constexpr std::size_t kUnusedNumbersMax = 50;

constexpr char kWarning[] =
    "The platform's answer to this call was lost; the outcomes were read back from its state.";

std::string DayAround(absl::CivilDay day, int offset) {
  return absl::FormatCivilTime(day + offset);
}

template <typename Response>
Evidence Concluded(const OrderSearch& search, bool done_when_seen, Response* response) {
  const int done = search.FillOutcomes(done_when_seen, response->mutable_outcomes());
  if (done == 0) {
    response->Clear();
    return {Evidence::Kind::kNothing, {}};
  }
  response->add_warnings()->set_text(kWarning);
  return {Evidence::Kind::kSomething, {}};
}

// The orders on a first-mile number. An unknown number has none: get_detail answers NOT_AVAILABLE then.
async::Task<bool> SearchNumber(ShopReader& reader, std::int64_t shop_id, std::string number,
                               OrderSearch& search) {
  v1::GetDetailRequest request;
  request.set_shop_id(shop_id);
  request.set_first_mile_tracking_number(number);
  co_return co_await reader.ReadPages<v1::GetDetailResponse>(std::move(request), [&](const auto& page) {
    search.NoteAll(page.order_list());
    return search.all();
  });
}

async::Task<bool> SearchBinding(ShopReader& reader, std::int64_t shop_id, std::string binding_id,
                                OrderSearch& search) {
  v1::GetCourierDeliveryDetailRequest request;
  request.set_shop_id(shop_id);
  request.set_binding_id(binding_id);
  request.set_page_size(50);
  co_return co_await reader.ReadPages<v1::GetCourierDeliveryDetailResponse>(
      std::move(request), [&](const auto& page) {
        search.NoteAll(page.order_list());
        return search.all();
      });
}

async::Task<Evidence> AfterBind(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::BindFirstMileTrackingNumberRequest&>(message);
  auto* response = static_cast<v1::BindFirstMileTrackingNumberResponse*>(answer);
  OrderSearch search(request.order_list());
  const bool read =
      co_await SearchNumber(reader, request.shop_id(), request.first_mile_tracking_number(), search);
  if (!read) co_return Evidence{};
  response->set_first_mile_tracking_number(request.first_mile_tracking_number());
  co_return Concluded(search, true, response);
}

async::Task<Evidence> AfterUnbind(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::UnbindFirstMileTrackingNumberRequest&>(message);
  auto* response = static_cast<v1::UnbindFirstMileTrackingNumberResponse*>(answer);
  OrderSearch search(request.order_list());
  const bool read =
      co_await SearchNumber(reader, request.shop_id(), request.first_mile_tracking_number(), search);
  if (!read) co_return Evidence{};
  response->set_first_mile_tracking_number(request.first_mile_tracking_number());
  co_return Concluded(search, false, response);
}

// True when the platform shows a first-mile number for every order.
async::Task<bool> AllAreHeld(ShopReader& reader, const v1::UnbindFirstMileTrackingNumberAllRequest& request) {
  for (const v1::OrderKey& key : request.order_list()) {
    v1::GetTrackingNumberRequest question;
    question.set_shop_id(request.shop_id());
    question.set_order_sn(key.order_sn());
    question.set_package_number(key.package_number());
    question.add_response_optional_fields("first_mile_tracking_number");
    v1::GetTrackingNumberResponse order;
    const bool read = co_await reader.Read(question, &order);
    if (!read || order.first_mile_tracking_number().empty()) co_return false;
  }
  co_return true;
}

// The unbound list has only the orders of the last six months: an order that it lacks may be free all the
// same.
async::Task<Evidence> AfterUnbindAll(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::UnbindFirstMileTrackingNumberAllRequest&>(message);
  auto* response = static_cast<v1::UnbindFirstMileTrackingNumberAllResponse*>(answer);
  OrderSearch search(request.order_list());
  v1::GetUnbindOrderListRequest unbound;
  unbound.set_shop_id(request.shop_id());
  unbound.set_page_size(100);
  const bool read =
      co_await reader.ReadPages<v1::GetUnbindOrderListResponse>(std::move(unbound), [&](const auto& page) {
        search.NoteAll(page.order_list());
        return search.all();
      });
  if (!read) co_return Evidence{};
  if (search.found() == 0) {
    const bool held = co_await AllAreHeld(reader, request);
    co_return Evidence{held ? Evidence::Kind::kNothing : Evidence::Kind::kUnknown, {}};
  }
  co_return Concluded(search, true, response);
}

async::Task<Evidence> AfterBindCourier(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::BindCourierDeliveryFirstMileTrackingNumberRequest&>(message);
  auto* response = static_cast<v1::BindCourierDeliveryFirstMileTrackingNumberResponse*>(answer);
  OrderSearch search(request.order_list());
  const bool read = co_await SearchBinding(reader, request.shop_id(), request.binding_id(), search);
  if (!read) co_return Evidence{};
  response->set_binding_id(request.binding_id());
  co_return Concluded(search, true, response);
}

// Bindings made yesterday or later, by whatever clock; false when there are too many or they cannot be read.
async::Task<bool> ListRecentBindings(ShopReader& reader, std::int64_t shop_id,
                                     std::vector<std::string>& ids) {
  const absl::CivilDay today = absl::ToCivilDay(reader.now(), absl::FixedTimeZone(8 * 60 * 60));
  v1::GetCourierDeliveryTrackingNumberListRequest request;
  request.set_shop_id(shop_id);
  request.set_from_date(DayAround(today, -1));
  request.set_to_date(DayAround(today, 1));
  request.set_page_size(50);
  const bool read = co_await reader.ReadPages<v1::GetCourierDeliveryTrackingNumberListResponse>(
      std::move(request), [&](const auto& page) {
        for (const auto& row : page.tracking_number_list()) ids.push_back(row.binding_id());
        return ids.size() > kBindingsMax;
      });
  co_return read&& ids.size() <= kBindingsMax;
}

async::Task<Evidence> AfterGenerateAndBind(ShopReader& reader, const Message& message, Message* answer) {
  const auto& request = static_cast<const v1::GenerateAndBindFirstMileTrackingNumberRequest&>(message);
  auto* response = static_cast<v1::GenerateAndBindFirstMileTrackingNumberResponse*>(answer);
  std::vector<std::string> bindings;
  bool read = co_await ListRecentBindings(reader, request.shop_id(), bindings);
  for (std::size_t i = 0; read && i < bindings.size(); ++i) {
    OrderSearch search(request.order_list());
    read = co_await SearchBinding(reader, request.shop_id(), bindings[i], search);
    if (!read || search.found() == 0) continue;
    response->set_binding_id(bindings[i]);
    co_return Concluded(search, true, response);
  }
  if (!read) co_return Evidence{};
  co_return Evidence{Evidence::Kind::kNothing, {}};
}

bool IsUnused(const v1::FirstMileTrackingNumber& row) {
  return row.status() == v1::FIRST_MILE_STATUS_NOT_AVAILABLE || row.status() == v1::FIRST_MILE_STATUS_INIT;
}

// The list does not tell who generated a number, nor when: fewer unused ones than were asked for prove that
// nothing happened, as many or more prove nothing.
async::Task<Evidence> AfterGenerate(ShopReader& reader, const Message& message, Message*) {
  const auto& request = static_cast<const v1::GenerateFirstMileTrackingNumberRequest&>(message);
  absl::CivilDay day;
  if (!absl::ParseCivilTime(request.declare_date(), &day)) co_return Evidence{};
  v1::GetTrackingNumberListRequest numbers;
  numbers.set_shop_id(request.shop_id());
  numbers.set_from_date(DayAround(day, -1));
  numbers.set_to_date(DayAround(day, 1));
  numbers.set_page_size(50);
  Evidence evidence;
  const bool read =
      co_await reader.ReadPages<v1::GetTrackingNumberListResponse>(std::move(numbers), [&](const auto& page) {
        for (const auto& row : page.first_mile_tracking_number_list()) {
          if (row.declare_date() == request.declare_date() && IsUnused(row)) {
            evidence.unused_numbers.push_back(row.first_mile_tracking_number());
          }
        }
        return evidence.unused_numbers.size() > kUnusedNumbersMax;
      });
  if (!read) co_return Evidence{};
  const std::size_t asked_for = request.has_quantity() ? static_cast<std::size_t>(request.quantity()) : 1;
  if (evidence.unused_numbers.size() < asked_for) evidence.kind = Evidence::Kind::kNothing;
  if (evidence.unused_numbers.size() > kUnusedNumbersMax) evidence.unused_numbers.resize(kUnusedNumbersMax);
  co_return evidence;
}

struct Row {
  const google::protobuf::Descriptor* request;
  LookBack look_back;
};

}  // namespace

LookBack FindLookBack(const google::protobuf::Descriptor* request) {
  static const std::array kRows = {
      Row{v1::BindFirstMileTrackingNumberRequest::descriptor(), AfterBind},
      Row{v1::UnbindFirstMileTrackingNumberRequest::descriptor(), AfterUnbind},
      Row{v1::UnbindFirstMileTrackingNumberAllRequest::descriptor(), AfterUnbindAll},
      Row{v1::GenerateFirstMileTrackingNumberRequest::descriptor(), AfterGenerate},
      Row{v1::GenerateAndBindFirstMileTrackingNumberRequest::descriptor(), AfterGenerateAndBind},
      Row{v1::BindCourierDeliveryFirstMileTrackingNumberRequest::descriptor(), AfterBindCourier},
  };
  for (const Row& row : kRows) {
    if (row.request == request) return row.look_back;
  }
  return nullptr;
}

}  // namespace firstmile::flows
