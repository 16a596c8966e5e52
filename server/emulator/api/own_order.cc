#include "emulator/api/own_order.h"

namespace emulator::api {

Row ReadOwnOrder(const Call& call, const BodyFields& body, Problem& problem) {
  const std::string sn = body.Required("order_sn");
  const Row row = problem ? kNoRow : call.world.RowOfOrder(sn);
  if (row != kNoRow && call.world.order(row).shop_id == call.shop.id) return row;
  problem.Report("error_not_found", "Wrong parameters, detail: the order is not found.");
  return kNoRow;
}

}  // namespace emulator::api
