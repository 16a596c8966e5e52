#include <set>

#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kSearch = "/api/v2/order/search_package_list";
const std::string kDetail = "/api/v2/order/get_package_detail";

class PackageTest : public EmulatorTest {
 protected:
  json::object Search(json::object filter, json::object page = {{"page_size", 100}}, json::object sort = {}) {
    return shop_.Post(
        kSearch, json::serialize(json::object{{"filter", filter}, {"pagination", page}, {"sort", sort}}));
  }
  // The packages of all pages; `member` of each.
  std::vector<std::string> Found(const json::object& filter, const json::object& sort = {},
                                 const std::string& member = "package_number") {
    std::vector<std::string> found;
    json::object page = {{"page_size", 4}};
    for (int pages = 0; pages < 1000; ++pages) {
      const json::object response = Response(Search(filter, page, sort));
      for (const json::value& package : List(response, "packages_list")) {
        found.push_back(Text(package.as_object(), member));
      }
      const json::object& next = response.at("pagination").as_object();
      page["cursor"] = next.at("next_cursor");
      if (!next.at("more").as_bool()) break;
    }
    EXPECT_EQ(page.at("cursor"), "");
    return found;
  }
  bool Finds(const json::object& filter, const std::string& order_sn) {
    const auto found = Found(filter, {}, "order_sn");
    return std::find(found.begin(), found.end(), order_sn) != found.end();
  }
  json::object Detail(const std::string& number) {
    const json::object response = Response(shop_.Get(kDetail, {{"package_number_list", number}}));
    return List(response, "package_list").at(0).as_object();
  }
  static std::string Error(const json::object& answer) {
    return Text(answer, "error") + ": " + Text(answer, "message");
  }
};

TEST_F(PackageTest, SearchListsEachPackageToProcessOnce) {
  const auto found = Found({}, {}, "order_sn");
  EXPECT_EQ(std::count(found.begin(), found.end(), "2411010FMPARTS"), 2) << "a split order has two packages";
  EXPECT_EQ(std::set(found.begin(), found.end()).size(), found.size() - 1);
  EXPECT_TRUE(Finds({}, "2411010FMREADY"));
  EXPECT_FALSE(Finds({}, "2411010FMDEMO0"));
  EXPECT_FALSE(Finds({}, "2411010FMALLOC"));
}

TEST_F(PackageTest, SearchFiltersByProgress) {
  EXPECT_TRUE(Finds({{"package_status", 3}}, "2411010FMDEMO0"));
  for (const int status : {0, 1, 2, 3}) {
    EXPECT_FALSE(Finds({{"package_status", status}}, "2411010FMPICKD")) << "a package that is collected";
  }
  EXPECT_TRUE(Finds({{"package_status", 1}}, "2411010FMALLOC"));
  for (const char* sn : {"2411010FMREADY", "2411010FMDEMO0", "2411010FMALLOC"}) {
    EXPECT_TRUE(Finds({{"package_status", 0}}, sn)) << sn;
  }
}

TEST_F(PackageTest, SearchFindsNothingForWhatNoPackageIs) {
  for (const json::object& filter :
       {json::object{{"fulfillment_type", 1}}, json::object{{"invoice_pending", true}},
        json::object{{"sorting_group", 2}}, json::object{{"order_type", 2}},
        json::object{{"is_pre_order", 1}}, json::object{{"logistics_channel_ids", {1}}},
        json::object{{"product_location_ids", {"VN0005EIZ"}}}}) {
    const json::object response = Response(Search(filter));
    EXPECT_TRUE(List(response, "packages_list").empty()) << filter;
    EXPECT_EQ(response.at("pagination").at("total_count"), 0) << filter;
  }
}

TEST_F(PackageTest, SearchSortsInBothDirectionsAndSaysSo) {
  auto found = Found({}, {{"sort_type", 2}});
  const auto backwards = Found({}, {{"sort_type", 2}, {"ascending", false}});
  std::reverse(found.begin(), found.end());
  EXPECT_EQ(found, backwards);
  const json::object sort =
      Response(Search({}, {{"page_size", 1}}, {{"ascending", false}})).at("sort").as_object();
  EXPECT_EQ(sort.at("sort_type"), 1);
  EXPECT_EQ(sort.at("is_asc"), false);
}

TEST_F(PackageTest, SearchRefusesWhatItCannotRead) {
  const std::string refusal = "error_param: Wrong parameters, detail: ";
  EXPECT_EQ(Error(shop_.Post(kSearch, "{}")), refusal + "pagination is a required field.");
  EXPECT_EQ(Error(Search({}, {{"page_size", 5}, {"cursor", "x"}})),
            refusal + "pagination.cursor is invalid.");
  EXPECT_EQ(Error(Search({{"package_status", 4}})), refusal + "package_status is invalid.");
  EXPECT_EQ(Error(Search({}, {{"page_size", 101}})), refusal + "page_size must be 100 or less.");
}

TEST_F(PackageTest, DetailTellsWhatMayBeDoneWithAPackage) {
  const json::object ready = Detail("OFG241101000000005");
  EXPECT_EQ(Text(ready, "order_sn"), "2411010FMREADY");
  EXPECT_EQ(Text(ready, "fulfillment_status"), "LOGISTICS_READY");
  EXPECT_TRUE(ready.at("can_full_cancel_order").as_bool());
  EXPECT_EQ(ready.at("status_info_tag").at("tag_id"), 3) << "it waits for a month";
  const json::object picked = Detail("OFG241101000000006");
  EXPECT_FALSE(picked.at("can_split_order").as_bool());
  EXPECT_EQ(picked.at("status_info_tag").at("tag_id"), 0);
  const json::object split = Detail("OFG241101000000001");
  EXPECT_TRUE(split.at("is_split_up").as_bool());
  EXPECT_FALSE(split.at("can_unsplit_order").as_bool()) << "its shipment is arranged";
  EXPECT_EQ(Text(Detail("OFG241101000000007"), "fulfillment_status"), "LOGISTICS_NOT_START");
}

TEST_F(PackageTest, DetailNamesPackagesThatItDoesNotFind) {
  const json::object answer =
      shop_.Get(kDetail, {{"package_number_list", "OFG241101000000005,NOSUCHPACKAGE"}});
  EXPECT_EQ(List(Response(answer), "package_list").size(), 1U);
  EXPECT_EQ(Text(answer, "warning"), "These packages are not found: NOSUCHPACKAGE");
  EXPECT_EQ(Error(As(600001).Get(kDetail, {{"package_number_list", "OFG241101000000005"}})),
            "error_param: The information you queried is not found.");
}

}  // namespace
}  // namespace emulator_test
