#include <algorithm>
#include <set>

#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kGenerate = kFirstMile + "generate_first_mile_tracking_number";

class GenerateTest : public EmulatorTest {
 protected:
  json::object Generate(const std::string& date, int quantity, int64_t shop = kShop) {
    Caller caller = As(shop);
    caller.now = now_;
    return caller.Post(kGenerate,
                       json::serialize(json::object{{"declare_date", date}, {"quantity", quantity}}));
  }
};

TEST_F(GenerateTest, GeneratesNumbersThatEndWithTheDeclareDate) {
  const json::object answer = Generate("2026-12-24", 3);
  const json::array& numbers = List(Response(answer), "first_mile_tracking_number_list");
  ASSERT_EQ(numbers.size(), 3U);
  std::set<std::string> seen;
  for (const json::value& number : numbers) {
    const std::string code(number.as_string());
    ASSERT_EQ(code.size(), 21U) << code;
    EXPECT_EQ(code.substr(0, 3), "CNF");
    EXPECT_EQ(code.substr(15), "261224");
    EXPECT_TRUE(std::all_of(code.begin() + 3, code.end(), [](unsigned char c) { return std::isdigit(c); }));
    seen.insert(code);
  }
  EXPECT_EQ(seen.size(), 3U);
}

TEST_F(GenerateTest, GeneratesKrfNumbersForKoreanShops) {
  const json::object answer = Generate("2026-12-24", 1, 600004);
  EXPECT_TRUE(List(Response(answer), "first_mile_tracking_number_list")[0].as_string().starts_with("KRF"));
}

TEST_F(GenerateTest, GeneratesOneNumberWithoutAQuantity) {
  const json::object answer = shop_.Post(kGenerate, R"({"declare_date":"2026-11-20"})");
  EXPECT_EQ(List(Response(answer), "first_mile_tracking_number_list").size(), 1U);
}

TEST_F(GenerateTest, NewNumbersAppearInTheListAsNotAvailable) {
  const json::object made = Generate("2027-01-05", 1);
  const std::string code(List(Response(made), "first_mile_tracking_number_list")[0].as_string());
  const json::object list = shop_.Get(kFirstMile + "get_tracking_number_list",
                                      {{"from_date", "2027-01-01"}, {"to_date", "2027-01-05"}});
  const json::object entry =
      Element(List(Response(list), "first_mile_tracking_number_list"), "first_mile_tracking_number", code);
  EXPECT_EQ(Text(entry, "status"), "NOT_AVAILABLE");
  EXPECT_EQ(Text(entry, "declare_date"), "2027-01-05");
}

TEST_F(GenerateTest, LimitsNumbersPerDeclareDateAndShop) {
  EXPECT_EQ(Text(Generate("2026-12-01", 12), "error"), "");
  const json::object over = Generate("2026-12-01", 9);
  EXPECT_EQ(Text(over, "error"), "firstmile.max_number_limit");
  EXPECT_EQ(Text(over, "message"), "The first mile code number you apply is more than 20.");
  EXPECT_EQ(Text(Generate("2026-12-01", 8), "error"), "") << "a refused call does not use up the limit";
  EXPECT_EQ(Text(Generate("2026-12-01", 1), "error"), "firstmile.max_number_limit");
  EXPECT_EQ(Text(Generate("2026-12-02", 20), "error"), "");
  EXPECT_EQ(Text(Generate("2026-12-01", 20, 600001), "error"), "");
  EXPECT_EQ(Text(Generate("2026-12-03", 21), "error"), "firstmile.max_number_limit");
}

TEST_F(GenerateTest, RequiresADeclareDateFromTodayInUtcPlus8) {
  EXPECT_EQ(Text(Generate(kToday, 1), "error"), "");
  const json::object late = Generate(kYesterday, 1);
  EXPECT_EQ(Text(late, "error"), "firstmile.date_error");
  EXPECT_EQ(Text(late, "message"),
            "Parameter declare_date is wrong, should be later than or equal to today.");
  now_ = kNow + 12 * 3600 - 1;  // 23:59:59 in UTC+8
  EXPECT_EQ(Text(Generate(kToday, 1), "error"), "");
  now_ = kNow + 12 * 3600;
  EXPECT_EQ(Text(Generate(kToday, 1), "error"), "firstmile.date_error");
}

TEST_F(GenerateTest, ChecksItsFields) {
  EXPECT_EQ(Text(Generate("2026/12/01", 1), "error"), "firstmile.date_format_error");
  EXPECT_EQ(Text(shop_.Post(kGenerate, "{}"), "message"),
            "Wrong parameters, detail: declare_date is a required field.");
  EXPECT_EQ(Text(Generate(kToday, 0), "error"), "error_param");
  EXPECT_EQ(Text(shop_.Post(kGenerate, R"({"declare_date":"2026-11-20","quantity":"2"})"), "message"),
            "Wrong parameters, detail: quantity must be an integer.");
}

TEST_F(GenerateTest, RequiresAJsonObjectAsBody) {
  for (const char* body : {"[]", "{", "declare_date=2026-11-20", "null"}) {
    EXPECT_EQ(Text(shop_.Post(kGenerate, body), "error"), "error_param") << body;
  }
  const HttpReply form = Connection(emulator_.port())
                             .Send("POST", shop_.Target(kGenerate), R"({"declare_date":"2026-11-20"})",
                                   "application/x-www-form-urlencoded");
  EXPECT_EQ(Text(form.Json(), "message"), "Wrong parameters, detail: Content-Type must be application/json.");
}

}  // namespace
}  // namespace emulator_test
