#include "emulator/world/order_split.h"

#include <algorithm>

#include "emulator/api/operations.h"
#include "emulator/api/own_order.h"
#include "emulator/api/params.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostItemsOfPackage = 100;  // of one package
constexpr std::size_t kMostPackagesRead = 100;    // that are read at all

bool SameItem(const Item& a, const Item& b) {
  return a.item_id == b.item_id && a.model_id == b.model_id;
}

// Null if there is none.
const Item* FindItem(const Items& items, const Item& wanted) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item& item) { return SameItem(item, wanted); });
  return found == items.end() ? nullptr : &*found;
}

// Without model_quantity, the package takes all pieces of the item.
Item ReadItem(const BodyFields& fields, const Items& ordered, Problem& problem) {
  Item item{fields.RequiredInt("item_id").value_or(0), fields.RequiredInt("model_id").value_or(0), 0};
  const auto quantity = fields.OptionalInt("model_quantity");
  (void)fields.OptionalInt("order_item_id");
  (void)fields.OptionalInt("promotion_group_id");
  if (problem) return item;
  const Item* whole = FindItem(ordered, item);
  if (whole == nullptr) {
    problem.Report("order.order_split_item_not_exist", "Cannot split order with invalid items.");
    return item;
  }
  if (quantity && (*quantity < 1 || *quantity > whole->quantity)) {
    problem.Report("order.order_split_wrong_item_quantity", "Cannot split order with wrong model quantity");
  }
  item.quantity = quantity ? static_cast<int>(*quantity) : whole->quantity;
  return item;
}

Items ReadPart(const json::object& element, const Items& ordered, Problem& problem) {
  Items items;
  const BodyFields fields(element, problem, "package_list.");
  for (const json::object* entry : fields.RequiredObjects("item_list", kMostItemsOfPackage)) {
    const Item item = ReadItem(BodyFields(*entry, problem, "package_list.item_list."), ordered, problem);
    if (problem) return items;
    if (FindItem(items, item) != nullptr) {
      problem.Report("order.order_split_duplicate_item", "Cannot split order with duplicate items.");
    }
    items.push_back(item);
  }
  return items;
}

std::vector<Items> ReadParts(const BodyFields& body, const Items& ordered, Problem& problem) {
  std::vector<Items> parts;
  const auto list = body.RequiredObjects("package_list", kMostPackagesRead);
  if (!problem && (list.size() < world::kFewestParts || list.size() > world::kMostParts)) {
    problem.Report("error_param", "The size of package list is over limit.");
  }
  for (const json::object* element : list) {
    parts.push_back(ReadPart(*element, ordered, problem));
    if (problem) break;
  }
  return parts;
}

// Every piece that was ordered is in exactly one package.
void CheckSum(const std::vector<Items>& parts, const Items& ordered, Problem& problem) {
  if (problem) return;
  for (const Item& whole : ordered) {
    int pieces = 0;
    for (const Items& part : parts) {
      const Item* item = FindItem(part, whole);
      if (item != nullptr) pieces += item->quantity;
    }
    if (pieces == 0) {
      problem.Report("order.order_split_package_missing_item", "Cannot split order with missing items.");
    } else if (pieces != whole.quantity) {
      problem.Report("order.order_split_wrong_item_quantity", "Cannot split order with wrong model quantity");
    }
  }
}

void CheckWholeAndReady(const World& world, Row order, Problem& problem) {
  if (problem) return;
  if (world.order(order).packages.size() > 1) {
    problem.Report("order.order_has_been_split", "This order has already been split.");
  } else if (!world::MayBeSplit(world, order)) {
    problem.Report("order.order_cannot_split", "You don\u2019t have the permission to split order.");
  }
}

json::object DescribePart(const Package& package) {
  json::array items;
  for (const Item& item : package.items) {
    items.push_back({{"item_id", item.item_id},
                     {"model_id", item.model_id},
                     {"order_item_id", item.item_id},
                     {"promotion_group_id", 0},
                     {"model_quantity", item.quantity}});
  }
  return {{"package_number", package.number}, {"item_list", std::move(items)}};
}

}  // namespace

Reply SplitOrder(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const Row row = ReadOwnOrder(call, body, problem);
  CheckWholeAndReady(call.world, row, problem);
  if (problem) return problem.AsReply();
  const Order& order = call.world.order(row);
  const Items ordered = call.world.ItemsOf(order);
  std::vector<Items> parts = ReadParts(body, ordered, problem);
  CheckSum(parts, ordered, problem);
  if (problem) return problem.AsReply();
  call.world.ReplacePackages(row, std::move(parts), call.world.Now());
  json::array packages;
  for (const Row package : order.packages) packages.push_back(DescribePart(call.world.package(package)));
  return Success({{"order_sn", order.sn}, {"package_list", std::move(packages)}});
}

Reply UnsplitOrder(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const Row row = ReadOwnOrder(call, body, problem);
  if (problem) return problem.AsReply();
  if (world::Unsplit(call.world, row, call.world.Now())) return {};
  return Failure("order.order_cannot_undo_split", "Cannot undo split this order.");
}

}  // namespace emulator::api
