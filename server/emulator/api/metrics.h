// The metrics of account_health, read from the orders of the emulated world. Not thread safe, like the world.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emulator/world/world.h"

namespace emulator::api {

// The orders that count in a metric: those of a period of 60 days, by their creation.
enum class Period { kCurrent, kLast };
std::vector<Row> OrdersOf(const World& world, const Shop& shop, Period period);

// What get_metric_source_detail lists for a metric.
struct MetricSource {
  int64_t metric_id;
  std::string_view list;
  // Adds the rows about the orders; null for what the world does not have, such as listings.
  void (*add)(const World& world, std::span<const Row> orders, boost::json::array& rows);
};

const MetricSource* FindMetricSource(int64_t metric_id);  // null for an unknown metric

}  // namespace emulator::api
