#include <absl/strings/str_cat.h>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

void CheckDay(const std::optional<Day>& day, Day today, Problem& problem) {
  if (!day) {
    problem.Report("firstmile.date_format_error",
                   "Format for param date is wrong, should be like '2000-01-01'.");
  } else if (*day < today) {
    problem.Report("firstmile.date_error",
                   "Parameter declare_date is wrong, should be later than or equal to today.");
  }
}

Row NewNumber(World& world, const Shop& shop, Day day) {
  FirstMileNumber number;
  number.code = world.NewCode(shop.region, day);
  number.owner_shop = shop.id;
  number.region = shop.region;
  number.declare_day = day;
  number.create_time = world.Now();
  return world.AddNumber(std::move(number));
}

}  // namespace

Reply GenerateFirstMileTrackingNumber(Call& call) {
  Problem problem;
  const BodyFields body(call.body, problem);
  const std::string text = body.Required("declare_date");
  const int64_t quantity = body.OptionalInt("quantity").value_or(1);
  if (problem) return problem.AsReply();
  const auto day = ParseDay(text);
  CheckDay(day, call.world.Today(), problem);
  if (quantity < 1) problem.WrongParameter("quantity must be 1 or greater.");
  if (problem) return problem.AsReply();
  const int limit = call.world.rules().numbers_per_day;
  if (quantity > limit - call.shop.generated[*day]) {
    return Failure("firstmile.max_number_limit",
                   absl::StrCat("The first mile code number you apply is more than ", limit, "."));
  }
  json::array codes;
  for (int64_t i = 0; i < quantity; ++i) {
    codes.emplace_back(call.world.number(NewNumber(call.world, call.shop, *day)).code);
  }
  return Success({{"first_mile_tracking_number_list", std::move(codes)}});
}

}  // namespace emulator::api
