#include <absl/strings/str_cat.h>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/api/waybill_pdf.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxLabelsPerCall = 50;

// A label exists for pickup numbers that the shop generated or has orders on.
bool HasLabelFor(const FirstMileNumber& number, int64_t shop_id) {
  const bool pickup = number.method == ShipmentMethod::kPickup || number.method == ShipmentMethod::kNone;
  const auto first = number.packages.lower_bound({shop_id, 0});
  const bool has_orders = first != number.packages.end() && first->first == shop_id;
  return pickup && (number.owner_shop == shop_id || has_orders);
}

LabelLines DescribeLabel(const FirstMileNumber& number, const Shop& shop) {
  return {number.code,
          "Shopee First Mile - Pickup",
          absl::StrCat("Declare date: ", FormatDay(number.declare_day)),
          absl::StrCat("Transit warehouse: ",
                       std::string(number.warehouse == nullptr ? "-" : number.warehouse->id)),
          absl::StrCat("Shop: ", shop.id),
          absl::StrCat("Parcels: ", number.packages.size()),
          "Made by shopee-emulator"};
}

}  // namespace

Reply GetWaybill(Call& call) {
  Problem problem;
  const auto codes =
      BodyFields(call.body, problem).RequiredStrings("first_mile_tracking_number_list", kMaxLabelsPerCall);
  if (problem) return problem.AsReply();
  std::vector<LabelLines> labels;
  for (const std::string& code : codes) {
    const FirstMileNumber* number = call.world.FindNumber(code);
    if (number == nullptr || !HasLabelFor(*number, call.shop.id)) {
      return Failure("firstmile.error_param", "The ShopID and Pickup Label are not matched.");
    }
    labels.push_back(DescribeLabel(*number, call.shop));
  }
  Reply reply;
  reply.file = LabelPdf(labels);
  reply.file_type = "application/pdf";
  return reply;
}

Reply GetCourierDeliveryWaybill(Call& call) {
  Problem problem;
  const auto ids = BodyFields(call.body, problem).RequiredStrings("binding_id_list", kMaxLabelsPerCall);
  if (problem) return problem.AsReply();
  json::array list;
  for (const std::string& id : ids) {
    const FirstMileNumber* binding = call.world.FindBinding(id);
    if (binding == nullptr || binding->owner_shop != call.shop.id) {
      return Failure("error_param", "The information you queried is not found.");
    }
    if (binding->code.empty() || !call.world.CodeIsVisible(*binding))
      return Failure("error_data", "data not exist");
    list.push_back(
        {{"binding_id", id}, {"shipping_label_url", "http://labels.courier.example/" + id + ".png"}});
  }
  return Success({{"waybill_list", std::move(list)}});
}

}  // namespace emulator::api
