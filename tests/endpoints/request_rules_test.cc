#include "endpoints/request_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "endpoints/rule_cases.pb.h"

namespace firstmile::endpoints {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "field: description" of each violation.
template <typename Request>
std::vector<std::string> Faults(const Request& request) {
  const auto rules = RequestRules::Compile(*Request::descriptor());
  EXPECT_TRUE(rules.ok()) << rules.status();
  std::vector<std::string> lines;
  for (const errors::Violation& violation : rules->Check(request)) {
    lines.push_back(violation.field + ": " + violation.description);
  }
  return lines;
}

test::Rules Good() {
  test::Rules request;
  request.set_id(1);
  request.set_text(" ");
  request.set_given_id(0);
  request.set_kind(test::KIND_ONE);
  request.mutable_part()->set_name("n");
  request.add_part_list()->set_name("n");
  request.add_names("n");
  request.add_ids(1);
  return request;
}

test::Optional Free() {
  test::Optional request;
  request.set_method("self_deliver");
  return request;
}

TEST(RequestRules, LetAGoodRequestPass) {
  EXPECT_THAT(Faults(Good()), IsEmpty());
  EXPECT_THAT(Faults(Free()), IsEmpty());
}

TEST(RequestRules, DefaultRulesCheckNothing) {
  EXPECT_THAT(RequestRules().Check(test::Rules()), IsEmpty());
}

TEST(RequestRules, NameEveryFieldThatIsMissing) {
  EXPECT_THAT(
      Faults(test::Rules()),
      ElementsAre("id: must be a positive number; got 0", "text: must not be empty",
                  "given_id: must be given", "kind: must be given", "part: must be given",
                  "part_list: must not be empty: give the parts", "names: must not be empty: give the names",
                  "ids: must not be empty: give the ids"));
}

TEST(RequestRules, WantPositiveIds) {
  test::Rules request = Good();
  request.set_id(-3);
  EXPECT_THAT(Faults(request), ElementsAre("id: must be a positive number; got -3"));
}

TEST(RequestRules, LookIntoElements) {
  test::Rules request = Good();
  request.mutable_part()->clear_name();
  request.add_part_list();
  request.add_names("");
  request.add_ids(0);
  EXPECT_THAT(Faults(request),
              ElementsAre("part.name: must not be empty", "part_list[1].name: must not be empty",
                          "names[1]: must not be empty", "ids[1]: must be a positive number; got 0"));
}

TEST(RequestRules, LookIntoOptionalMessagesOnlyWhenTheyAreGiven) {
  test::Optional request = Free();
  EXPECT_THAT(Faults(request), IsEmpty());
  request.mutable_part();
  request.add_parts();
  EXPECT_THAT(Faults(request),
              ElementsAre("part.name: must not be empty", "parts[0].name: must not be empty"));
}

TEST(RequestRules, LimitLists) {
  test::Rules request = Good();
  for (int i = 0; i < 2; ++i) request.add_part_list();
  EXPECT_THAT(Faults(request), ElementsAre("part_list: must have at most 2 parts per call; got 3"));
}

TEST(RequestRules, KeepNumbersInTheirRange) {
  test::Optional request = Free();
  request.set_ranged(0);
  request.set_plain(6);
  request.set_number(2.5);
  EXPECT_THAT(Faults(request),
              ElementsAre("ranged: must be from 1 to 50; got 0", "plain: must be from -5 to 5; got 6",
                          "number: must be from 0 to 2; got 2.5"));
  request.set_ranged(50);
  request.set_plain(-5);
  request.set_number(2);
  EXPECT_THAT(Faults(request), IsEmpty());
}

TEST(RequestRules, RefuseNumbersThatJsonCannotSay) {
  for (const double number : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    test::Optional request = Free();
    request.set_free(number);
    EXPECT_THAT(Faults(request), ElementsAre(HasSubstr("free: must be a finite number")));
  }
}

TEST(RequestRules, AcceptDaysOfTheCalendar) {
  for (const char* day : {"2024-02-29", "2000-02-29", "2023-12-31", "0001-01-01"}) {
    test::Optional request = Free();
    request.set_day(day);
    EXPECT_THAT(Faults(request), IsEmpty()) << day;
  }
}

TEST(RequestRules, RefuseWhatIsNoDate) {
  for (const char* day :
       {"2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-01-00", "2024-1-01",
        "24-01-01", "2024/01/01", "2024-01-01 ", "+024-01-01", "2024-01-1x", "20240101"}) {
    test::Optional request = Free();
    request.set_day(day);
    EXPECT_THAT(Faults(request),
                ElementsAre("day: must be a date as YYYY-MM-DD; got \"" + std::string(day) + "\""));
  }
}

TEST(RequestRules, CutALongWrongValue) {
  test::Optional request = Free();
  request.set_day(std::string(5000, 'x'));
  EXPECT_LT(Faults(request)[0].size(), 120U);
}

TEST(RequestRules, WantARangeOfDatesInOrder) {
  test::Optional request = Free();
  request.set_from("2024-01-02");
  request.set_to("2024-01-03");
  EXPECT_THAT(Faults(request), IsEmpty());
  request.set_to("2024-01-02");
  EXPECT_THAT(Faults(request), ElementsAre("to: must be after from (2024-01-02); got 2024-01-02"));
  request.set_to("2023-12-31");
  EXPECT_THAT(Faults(request), ElementsAre("to: must be after from (2024-01-02); got 2023-12-31"));
}

TEST(RequestRules, WantBothEndsOfARange) {
  test::Optional request = Free();
  request.set_from("2024-01-02");
  EXPECT_THAT(Faults(request), ElementsAre("to: must be given together with from, as YYYY-MM-DD"));
  request.clear_from();
  request.set_to("2024-01-02");
  EXPECT_THAT(Faults(request), ElementsAre("from: must be given together with to, as YYYY-MM-DD"));
}

TEST(RequestRules, SayOnceWhatIsWrongWithARange) {
  test::Optional request = Free();
  request.set_from("2024-01-02");
  request.set_to("soon");
  EXPECT_THAT(Faults(request), ElementsAre("to: must be a date as YYYY-MM-DD; got \"soon\""));
}

TEST(RequestRules, RequireAFieldUnlessAnotherHasTheValue) {
  test::Optional request;
  EXPECT_THAT(Faults(request), ElementsAre("channel: must be given unless method is self_deliver"));
  request.set_method("pickup");
  EXPECT_THAT(Faults(request), ElementsAre("channel: must be given unless method is self_deliver"));
  request.set_channel(0);
  EXPECT_THAT(Faults(request), IsEmpty());
}

TEST(RequestRules, BoundATextByItsBytesAndDoNotRepeatIt) {
  test::Text request;
  request.set_x("\xC3\xA9\xC3\xA9");
  EXPECT_THAT(Faults(request), IsEmpty());
  request.set_x("12345");
  EXPECT_THAT(Faults(request), ElementsAre("x: must be at most 4 bytes; got 5"));
}

TEST(RequestRules, BoundEveryTextThatDeclaresNoLimit) {
  test::Texts request;
  request.set_plain(std::string(256, 'x'));
  request.set_raw(std::string(256, '\0'));
  request.add_notes(std::string(256, 'x'));
  request.mutable_part()->set_name(std::string(256, 'x'));
  EXPECT_THAT(Faults(request), IsEmpty());
  request.set_plain(std::string(1'100'000, 'x'));
  request.set_raw(std::string(257, '\0'));
  request.add_notes(std::string(257, 'x'));
  request.mutable_part()->set_name(std::string(257, 'x'));
  EXPECT_THAT(Faults(request), ElementsAre("plain: must be at most 256 bytes; got 1100000",
                                           "raw: must be at most 256 bytes; got 257",
                                           "notes[1]: must be at most 256 bytes; got 257",
                                           "part.name: must be at most 256 bytes; got 257"));
}

TEST(RequestRules, BoundTheTextsOfListsAndMaps) {
  test::Texts request;
  request.add_names("1234");
  EXPECT_THAT(Faults(request), IsEmpty());
  request.add_names("12345");
  EXPECT_THAT(Faults(request), ElementsAre("names[1]: must be at most 4 bytes; got 5"));
}

test::Credentials* AddCredentials(std::int64_t shop, test::Together* request) {
  test::Credentials* credentials = request->add_list();
  credentials->mutable_who()->set_shop_id(shop);
  credentials->set_access_token("t");
  return credentials;
}

TEST(RequestRules, WantOneMemberOfAOneofAndOnlyThoseThatTheFieldAllows) {
  test::Together request;
  AddCredentials(1, &request)->clear_who();
  EXPECT_THAT(Faults(request), ElementsAre("list[0].who: must be given: shop_id or merchant_id"));
  request.mutable_list(0)->mutable_who();
  EXPECT_THAT(Faults(request), ElementsAre("list[0].who: must be given: shop_id or merchant_id"));
  request.mutable_list(0)->mutable_who()->set_main_account_id(5);
  EXPECT_THAT(Faults(request),
              ElementsAre("list[0].who.main_account_id: is not accepted here; give shop_id or merchant_id"));
  request.mutable_list(0)->mutable_who()->set_merchant_id(5);
  EXPECT_THAT(Faults(request), IsEmpty());
  request.mutable_list(0)->mutable_who()->set_shop_id(10);
  EXPECT_THAT(Faults(request), ElementsAre("list[0].who.shop_id: must be from 1 to 9; got 10"));
}

TEST(RequestRules, WantTimesThatCanBeShownAgain) {
  test::Together request;
  for (const std::int64_t seconds : {std::int64_t{0}, std::int64_t{253402300799}}) {
    request.mutable_time()->set_seconds(seconds);
    EXPECT_THAT(Faults(request), IsEmpty());
  }
  request.mutable_time()->set_seconds(1764374400000);
  EXPECT_THAT(Faults(request),
              ElementsAre("time: must be a time from 1970 to 9999; got 1764374400000 seconds since 1970"));
}

TEST(RequestRules, WantOneOfTwoTexts) {
  test::Together request;
  AddCredentials(1, &request)->clear_access_token();
  EXPECT_THAT(Faults(request),
              ElementsAre("list[0].refresh_token: give at least one of access_token and refresh_token"));
  request.mutable_list(0)->set_refresh_token("r");
  EXPECT_THAT(Faults(request), IsEmpty());
}

TEST(RequestRules, WantElementsOnce) {
  test::Together request;
  for (const std::int64_t shop : {1, 2, 1}) AddCredentials(shop, &request);
  EXPECT_THAT(Faults(request), ElementsAre("list[2].who: is the same as that of list[0]; give each once"));
}

TEST(RequestRules, WantIdsThatElementsNameInTheListOfIds) {
  test::Together request;
  request.add_ids(1);
  request.add_ids(0);
  request.add_resume()->set_id(1);
  request.add_resume()->set_id(3);
  request.add_resume()->set_id(1);
  EXPECT_THAT(Faults(request), ElementsAre("ids[1]: must be from 1 to 9; got 0",
                                           "resume[2].id: is the same as that of resume[0]; give each once",
                                           "resume[1].id: must be in ids too; 3 is not"));
}

TEST(RequestRules, WantEveryTextOfAListInItsForm) {
  test::Together request;
  request.add_names("pickup_done_time");
  request.add_names("edt2");
  EXPECT_THAT(Faults(request), IsEmpty());
  request.add_names("item_list,note");
  request.add_names("Note");
  const std::string rule = "must have only lower-case letters, digits and underscores; got ";
  EXPECT_THAT(Faults(request),
              ElementsAre("names[2]: " + rule + "\"item_list,note\"", "names[3]: " + rule + "\"Note\""));
}

TEST(RequestRules, WantTextsOfTheirForm) {
  test::Together request;
  request.set_address("https://seller.test");
  request.set_cursor("YWJj");
  EXPECT_THAT(Faults(request), IsEmpty());
  request.set_address("ftp://seller.test");
  request.set_cursor("?");
  EXPECT_THAT(Faults(request),
              ElementsAre("address: must start with https:// or http://; got \"ftp://seller.test\"",
                          "cursor: must be the next_cursor of an earlier response, unchanged"));
}

TEST(RequestRules, WantValuesOfEnumsThatThisVersionKnows) {
  test::Together request;
  request.set_kind(static_cast<test::Kind>(7));
  request.add_kinds(test::KIND_ONE);
  request.add_kinds(static_cast<test::Kind>(8));
  EXPECT_THAT(Faults(request),
              ElementsAre("kind: must be a value of Kind that this version knows; got 7",
                          "kinds[1]: must be a value of Kind that this version knows; got 8"));
}

TEST(RequestRules, WantATextEmptyBesideAValueThatHasNoUseForIt) {
  test::Together request;
  request.set_state("s");
  EXPECT_THAT(Faults(request), IsEmpty());
  request.set_kind(test::KIND_ONE);
  EXPECT_THAT(Faults(request), ElementsAre("state: must be empty when kind is KIND_ONE"));
}

TEST(RequestRules, ReportABoundedNumberOfBytes) {
  test::Together request;
  for (int i = 0; i < 100; ++i) AddCredentials(1, &request)->clear_who();
  std::size_t bytes = 0;
  for (const std::string& fault : Faults(request)) bytes += fault.size();
  EXPECT_GT(bytes, 1'000U);
  EXPECT_LT(bytes, RequestRules::kViolationBytesMax + 100);
}

TEST(RequestRules, ReportABoundedNumberOfViolations) {
  test::Optional request = Free();
  for (int i = 0; i < 10'000; ++i) request.add_parts();
  EXPECT_LE(Faults(request).size(), RequestRules::kViolationsMax);
  EXPECT_GT(Faults(request).size(), 40U);
}

template <typename Request>
std::string CompileFault() {
  const absl::Status status = RequestRules::Compile(*Request::descriptor()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(RequestRulesCompile, RefusesRulesThatContradictTheField) {
  EXPECT_THAT(CompileFault<test::ItemsOfSingle>(), HasSubstr("ItemsOfSingle.x: (check).items_max"));
  EXPECT_THAT(CompileFault<test::BytesOfNumber>(), HasSubstr("(check).bytes_max is for texts"));
  EXPECT_THAT(CompileFault<test::ListWithoutLimit>(), HasSubstr("ListWithoutLimit.x: a list needs a limit"));
  EXPECT_THAT(CompileFault<test::Map>(), HasSubstr("a map has no place in a request"));
  EXPECT_THAT(CompileFault<test::UniqueOfTexts>(), HasSubstr("lists of messages"));
  EXPECT_THAT(CompileFault<test::UniqueByUnknown>(), HasSubstr("unique_by"));
  EXPECT_THAT(CompileFault<test::AmongUnknown>(), HasSubstr("among"));
  EXPECT_THAT(CompileFault<test::UnknownMember>(), HasSubstr("gone"));
  EXPECT_THAT(CompileFault<test::MinWithoutMax>(), HasSubstr("min needs"));
  EXPECT_THAT(CompileFault<test::WithoutUnknown>(), HasSubstr("required_without"));
  EXPECT_THAT(CompileFault<test::EmptyWhenUnknown>(), HasSubstr("empty_when"));
  EXPECT_THAT(CompileFault<test::FormOfNumber>(), HasSubstr("(check).form is for texts"));
  EXPECT_THAT(CompileFault<test::RangeOfText>(), HasSubstr("RangeOfText.x"));
  EXPECT_THAT(CompileFault<test::EmptyRange>(), HasSubstr("above"));
  EXPECT_THAT(CompileFault<test::DateOfNumber>(), HasSubstr("date"));
  EXPECT_THAT(CompileFault<test::AfterUnknown>(), HasSubstr("gone"));
  EXPECT_THAT(CompileFault<test::AfterText>(), HasSubstr("two dates"));
  EXPECT_THAT(CompileFault<test::UnlessUnknown>(), HasSubstr("required_unless"));
  EXPECT_THAT(CompileFault<test::RequiredBool>(), HasSubstr("absent"));
  EXPECT_THAT(CompileFault<test::NestedFault>(), HasSubstr("RequiredBool.x"));
}

}  // namespace
}  // namespace firstmile::endpoints
