#include "emulator/api/operations.h"
#include "emulator/api/ship_options.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr int64_t kMaskedChannelId = 2002;  // shown to buyers at the checkout

json::object DescribeChannel(int64_t id, std::string_view name, int64_t mask) {
  const bool by_seller = id == kSellerChannelId;
  return {{"logistics_channel_id", id},
          {"logistics_channel_name", std::string(name)},
          {"cod_enabled", false},
          {"enabled", true},
          {"fee_type", "SIZE_INPUT"},
          {"size_list", json::array()},
          {"weight_limit", {{"item_max_weight", 30}, {"item_min_weight", 0}}},
          {"item_max_dimension",
           {{"height", 100}, {"width", 100}, {"length", 100}, {"unit", "cm"}, {"dimension_sum", 200}}},
          {"volume_limit", {{"item_max_volume", 0}, {"item_min_volume", 0}}},
          {"logistics_description", ""},
          {"force_enable", false},
          {"mask_channel_id", mask},
          {"block_seller_cover_shipping_fee", false},
          {"support_cross_border", !by_seller},
          {"seller_logistic_has_configuration", nullptr},
          {"logistics_capability", {{"seller_logistics", by_seller}}},
          {"preprint", false},
          {"service_type_identifier", nullptr},
          {"auto_call_driver_setting",
           {{"auto_call_driver_eligible", false},
            {"auto_call_driver_enabled", false},
            {"preparation_time", 0},
            {"preparation_time_limit", {{"min_preparation_time", 0}, {"max_preparation_time", 0}}}}},
          {"support_pause", false},
          {"compulsory_channel", false},
          {"channel_relation_rules", json::array()}};
}

}  // namespace

Reply LogisticsGetChannelList(Call&) {
  return Success({{"logistics_channel_list",
                   json::array{DescribeChannel(kMaskedChannelId, "Standard Delivery", 0),
                               DescribeChannel(kLogisticsChannelId, kLogisticsChannelName, kMaskedChannelId),
                               DescribeChannel(kSellerChannelId, kSellerChannelName, 0)}}});
}

}  // namespace emulator::api
