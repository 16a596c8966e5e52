#include <algorithm>
#include <iterator>
#include <utility>

#include "documented_errors.h"
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kDetail = kFirstMile + "get_detail";
const std::string kUnboundList = kFirstMile + "get_unbind_order_list";
const std::string kGenerate = kFirstMile + "generate_first_mile_tracking_number";
const std::string kBind = kFirstMile + "bind_first_mile_tracking_number";
const std::string kWaybill = kFirstMile + "get_waybill";
const std::string kChannels = kFirstMile + "get_channel_list";
const std::string kNumbers = kFirstMile + "get_tracking_number_list";
const std::string kTrack = kLogistics + "get_tracking_number";
const std::string kMass = kLogistics + "get_mass_tracking_number";

using Failures = std::vector<std::pair<std::string, std::string>>;

// Every pair of code and text in an answer, in the envelope and in the elements.
void Collect(const json::value& value, Failures& found) {
  if (value.is_array()) {
    for (const json::value& element : value.get_array()) Collect(element, found);
  }
  if (!value.is_object()) return;
  const json::object& object = value.get_object();
  for (const char* code : {"error", "fail_error"}) {
    for (const char* text : {"message", "msg", "fail_message"}) {
      if (object.contains(text)) found.emplace_back(Text(object, code), Text(object, text));
    }
  }
  for (const auto& member : object) Collect(member.value(), found);
}

// Whether a text equals the documented one with its {braces} filled in.
bool Fits(std::string_view pattern, std::string_view text) {
  const std::size_t brace = pattern.find('{');
  if (brace == std::string_view::npos) return pattern == text;
  if (text.substr(0, brace) != pattern.substr(0, brace)) return false;
  const std::string_view rest = pattern.substr(pattern.find('}') + 1);
  for (std::size_t end = brace; end <= text.size(); ++end) {
    if (Fits(rest, text.substr(end))) return true;
  }
  return false;
}

std::string Filled(std::string_view pattern) {
  std::string text;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '{') {
      text += "something";
      at = pattern.find('}', at) + 1;
    } else {
      text += pattern[at++];
    }
  }
  return text;
}

class DocumentedErrorTest : public EmulatorTest {
 protected:
  json::object BindTo(const std::string& code, const std::string& order_list,
                      const std::string& method = "pickup", const std::string& channel = "813",
                      const std::string& region = "CN") {
    return shop_.Post(kBind, R"({"first_mile_tracking_number":")" + code + R"(","shipment_method":")" +
                                 method + R"(","region":")" + region + R"(","logistics_channel_id":)" +
                                 channel + R"(,"order_list":)" + order_list + "}");
  }

  json::object Altered(const std::string& name, const std::string& value,
                       const std::string& path = kChannels) {
    Params params = shop_.Common(path);
    for (auto& [key, old] : params) {
      if (key == name) old = value;
    }
    std::erase_if(params, [](const auto& param) { return param.second.empty(); });
    return Connection(emulator_.port()).Send("GET", TargetOf(path, params)).Json();
  }

  // Correctly signed over the invalid value.
  json::object Odd(std::string Caller::* field, const std::string& value) {
    Caller caller = shop_;
    caller.*field = value;
    return caller.Get(kChannels);
  }

  json::object At(int64_t time) {
    Caller caller = shop_;
    caller.now = time;
    return caller.Get(kChannels);
  }

  static json::object FromUndeclaredSource() {
    emulator::Options options;
    options.now = [] { return kNow; };
    options.declared_ips = {"192.0.2.1"};
    emulator::Emulator emulator(options);
    return Caller(emulator.port(), kNow).Get(kChannels);
  }

  json::object Generate(const std::string& day, const std::string& quantity = "1") {
    return shop_.Post(kGenerate, R"({"declare_date":")" + day + R"(","quantity":)" + quantity + "}");
  }

  json::object Track(const std::string& order, const std::string& package = "") {
    Params params = {{"order_sn", order}};
    if (!package.empty()) params.emplace_back("package_number", package);
    return shop_.Get(kTrack, params);
  }

  json::object Mass(int packages, bool same) {
    json::array list;
    for (int i = 0; i < packages; ++i) {
      list.push_back({{"package_number", "OFG" + std::to_string(same ? 0 : i)}});
    }
    return shop_.Post(kMass, json::serialize(json::object{{"package_list", std::move(list)}}));
  }

  json::object ByGateway(How how);
  json::object ByNumber(How how);
  json::object ByOrder(How how);
  json::object ByRead(How how);

  // The answer to the request that `how` names; {} if `how` names none.
  json::object Produce(How how) {
    for (const auto produce : {&DocumentedErrorTest::ByGateway, &DocumentedErrorTest::ByNumber,
                               &DocumentedErrorTest::ByOrder, &DocumentedErrorTest::ByRead}) {
      json::object answer = (this->*produce)(how);
      if (!answer.empty()) return answer;
    }
    return {};
  }

  Failures FailuresByFault(const DocumentedError& documented, std::string_view operation) {
    const std::size_t space = operation.find(' ');
    const std::string path = "/api/v2/" + std::string(operation.substr(space + 1));
    const json::object fault{{"action", "error"},
                             {"path", path},
                             {"error", documented.error},
                             {"message", Filled(documented.text)}};
    emulator_.ClearFaults();
    EXPECT_EQ(Connection(emulator_.port()).Send("POST", "/_emulator/faults", json::serialize(fault)).status,
              200);
    Failures found;
    Collect(operation.starts_with("GET") ? shop_.Get(path) : shop_.Post(path, "{}"), found);
    return found;
  }
};

json::object DocumentedErrorTest::ByGateway(How how) {
  switch (how) {
    case How::kNoPartner:
      return Altered("partner_id", "");
    case How::kOtherPartner:
      return Odd(&Caller::partner_id, "7");
    case How::kOddPartner:
      return Odd(&Caller::partner_id, "4294967296");
    case How::kNoTimestamp:
      return Altered("timestamp", "");
    case How::kOddTimestamp:
      return Altered("timestamp", "noon");
    case How::kHugeTimestamp:
      return Altered("timestamp", "4294967296");
    case How::kOldTimestamp:
      return At(kNow - 301);
    case How::kNoSign:
      return Altered("sign", "");
    case How::kWrongSign:
      return Altered("sign", "0123");
    case How::kNoToken:
      return Odd(&Caller::access_token, "");
    case How::kWrongToken:
      return Odd(&Caller::access_token, "other");
    case How::kNoShop:
      return Odd(&Caller::shop_id, "");
    case How::kOddShop:
      return Odd(&Caller::shop_id, "4294967296");
    case How::kOddPath:
      return shop_.Post(kDetail, "{}");
    case How::kUnlinked:
      return As(699903).Get(kDetail);
    case How::kBanned:
      return As(699902).Get(kDetail);
    case How::kUndeclaredSource:
      return FromUndeclaredSource();
    default:
      return {};
  }
}

json::object DocumentedErrorTest::ByNumber(How how) {
  const std::string fresh = "CNF000000000003241101";
  const std::string free_order = R"([{"order_sn":"2411010FMDEMO0"}])";
  switch (how) {
    case How::kShortDropoff:
      return BindTo("AB123", free_order, "dropoff", "8101");
    case How::kEmptyCode:
      return BindTo("", free_order);
    case How::kOddCode:
      return BindTo("CNF-1", free_order);
    case How::kPickupCode:
      return BindTo("CNF1", free_order);
    case How::kSelfDeliverCode:
      return BindTo("CNF1", free_order, "self_deliver", "null");
    case How::kOtherMethod:
      return BindTo("CNF000000000004241101", free_order);
    case How::kUnknownCode:
      return BindTo("CNF999999999999261120", free_order);
    case How::kPickedUpCode:
      return BindTo("CNF000000000001241101", free_order);
    case How::kDeliveredCode:
      return BindTo("CNF000000000002241101", free_order);
    case How::kOddChannel:
      return BindTo(fresh, free_order, "pickup", "8101");
    case How::kOddMethod:
      return BindTo(fresh, free_order, "balloon");
    case How::kOddRegion:
      return BindTo(fresh, free_order, "pickup", "813", "XX");
    case How::kPastDay:
      return Generate(kYesterday);
    case How::kOddDay:
      return Generate("20-11-2026");
    case How::kTooManyNumbers:
      Generate(kToday, "20");
      return Generate(kToday, "1");
    default:
      return {};
  }
}

json::object DocumentedErrorTest::ByOrder(How how) {
  const std::string fresh = "CNF000000000003241101";
  const auto bind = [&](const std::string& order_list) { return BindTo(fresh, order_list); };
  switch (how) {
    case How::kTiedElsewhere:
      return bind(R"([{"order_sn":"201214JASXYXY6"}])");
    case How::kBoundAgain:
      return BindTo("CNF877146678717210312", R"([{"order_sn":"201214JASXYXY6"}])");
    case How::kNoTracking:
      return bind(R"([{"order_sn":"2411010FMNOTRK"}])");
    case How::kOtherWarehouse:
      return bind(R"([{"order_sn":"2411010FMDEMO1"},{"order_sn":"2411010FMWHSE4"}])");
    case How::kUnknownOrder:
      return bind(R"([{"order_sn":"NOSUCHORDER"}])");
    case How::kTwice:
      return bind(R"([{"order_sn":"2411010FMDEMO2"},{"order_sn":"2411010FMDEMO2"}])");
    case How::kReadyOrder:
      return bind(R"([{"order_sn":"2411010FMREADY"}])");
    case How::kUnknownPackage:
      return bind(R"([{"order_sn":"2411010FMDEMO2","package_number":"OFG1"}])");
    case How::kSplitOrder:
      return bind(R"([{"order_sn":"2411010FMSPLIT"}])");
    case How::kUnbindFree:
      return shop_.Post(kFirstMile + "unbind_first_mile_tracking_number",
                        R"({"first_mile_tracking_number":"CNF877146678717210312",)"
                        R"("order_list":[{"order_sn":"2411010FMDEMO3"}]})");
    default:
      return {};
  }
}

json::object DocumentedErrorTest::ByRead(How how) {
  switch (how) {
    case How::kNoFirstMileWaybill:
      return As(699900).Post(kWaybill, "{}");
    case How::kNoFirstMileList:
      return As(699900).Get(kUnboundList);
    case How::kNoFirstMileDetail:
      return As(699900).Get(kDetail);
    case How::kNoPreDeclare:
      return As(699901).Get(kDetail);
    case How::kOddField:
      return shop_.Get(kUnboundList, {{"response_optional_fields", "colour"}});
    case How::kMissingParameter:
      return shop_.Get(kDetail);
    case How::kReversedDays:
      return shop_.Get(kNumbers, {{"from_date", kToday}, {"to_date", kYesterday}});
    case How::kForeignWaybill:
      return shop_.Post(kWaybill, R"({"first_mile_tracking_number_list":["CNF1"]})");
    case How::kAllocating:
      return Track("2411010FMALLOC");
    case How::kTrackUnknownOrder:
      return Track("NOSUCHORDER");
    case How::kTrackUnknownPackage:
      return Track("201214JASXYXY6", "OFG1");
    case How::kTrackSplit:
      return Track("2411010FMSPLIT");
    case How::kMassTwice:
      return Mass(2, true);
    case How::kMassTooMany:
      return Mass(51, false);
    case How::kNoLabelYet:
      return shop_.Post(kFirstMile + "get_courier_delivery_waybill",
                        R"({"binding_id_list":["DCN600000000002BL"]})");
    case How::kUnknownBooking:
      return shop_.Get(kLogistics + "get_booking_tracking_number", {{"booking_sn", "NOSUCHBOOKING"}});
    default:
      return {};
  }
}

bool Contains(const Failures& found, const DocumentedError& documented) {
  return std::any_of(found.begin(), found.end(), [&](const auto& failure) {
    return failure.first == documented.error && Fits(documented.text, failure.second);
  });
}

std::string Describe(const DocumentedError& documented) {
  return std::string(documented.error) + ": " + std::string(documented.text);
}

TEST_F(DocumentedErrorTest, EveryErrorThatARequestCanCauseIsCausedByIt) {
  int produced = 0;
  for (const DocumentedError& documented : kDocumentedErrors) {
    if (documented.how == How::kFault) continue;
    Failures found;
    const json::object answer = Produce(documented.how);
    Collect(answer, found);
    EXPECT_TRUE(Contains(found, documented)) << Describe(documented) << "\nanswered " << json::value(answer);
    ++produced;
  }
  EXPECT_GE(produced, 55);
}

TEST_F(DocumentedErrorTest, EveryOtherErrorIsCausedByAFaultOnEachOperationThatDocumentsIt) {
  std::string needing_a_fault;
  for (const DocumentedError& documented : kDocumentedErrors) {
    if (documented.how != How::kFault) continue;
    needing_a_fault += "  " + Describe(documented) + "\n";
    for (const std::string_view operation : kOperations) {
      const std::string_view name = operation.substr(operation.find(' ') + 1);
      const bool documents =
          documented.operations == "*" ||
          (" " + std::string(documented.operations) + " ").find(" " + std::string(name) + " ") !=
              std::string::npos;
      if (!documents) continue;
      EXPECT_TRUE(Contains(FailuresByFault(documented, operation), documented))
          << Describe(documented) << " on " << operation;
    }
  }
  std::printf("Documented errors that need a fault:\n%s", needing_a_fault.c_str());
}

TEST(DocumentedErrorTableTest, PlaceholdersMatchAnyText) {
  EXPECT_TRUE(Fits("more than {num}.", "more than 20."));
  EXPECT_TRUE(Fits("a {x} b: {y}", "a 1 b: 2"));
  EXPECT_FALSE(Fits("more than {num}.", "less than 20."));
  EXPECT_FALSE(Fits("Wrong sign.", "Wrong sign"));
}

}  // namespace
}  // namespace emulator_test
