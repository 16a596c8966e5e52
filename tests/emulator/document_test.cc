#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;

const std::string kCreate = kLogistics + "create_shipping_document";
const std::string kResult = kLogistics + "get_shipping_document_result";
const std::string kDownload = kLogistics + "download_shipping_document";

class DocumentTest : public EmulatorTest {
 protected:
  static std::string Body(const std::string& sn, const std::string& number = "",
                          const std::string& package = "") {
    json::object order = {{"order_sn", sn}};
    if (!number.empty()) order["tracking_number"] = number;
    if (!package.empty()) order["package_number"] = package;
    return json::serialize(json::object{{"order_list", json::array{order}}});
  }
  json::object First(const json::object& answer) {
    return List(Response(answer), "result_list").at(0).as_object();
  }
  std::string Number(const std::string& sn) {
    return Text(Response(shop_.Get(kLogistics + "get_tracking_number", {{"order_sn", sn}})),
                "tracking_number");
  }
};

TEST_F(DocumentTest, IsCreatedThenReadyThenDownloaded) {
  const std::string sn = "201214JASXYXY6";
  const json::object made = shop_.Post(kCreate, Body(sn, "MY200448706479IT"));
  EXPECT_EQ(Text(made, "error"), "");
  EXPECT_TRUE(made.at("warning").is_null());
  EXPECT_EQ(Text(First(shop_.Post(kResult, Body(sn))), "status"), "PROCESSING");
  EXPECT_EQ(Text(shop_.Post(kDownload, Body(sn)), "error"), "logistics.download_later");
  emulator_.AdvanceClock(std::chrono::seconds(5));
  EXPECT_EQ(Text(First(shop_.Post(kResult, Body(sn))), "status"), "READY");
  const HttpReply file = shop_.PostRaw(kDownload, Body(sn));
  EXPECT_EQ(file.content_type, "application/pdf");
  EXPECT_TRUE(file.body.starts_with("%PDF-"));
}

TEST_F(DocumentTest, TheDocumentOfAnFmdocflOrderFails) {
  const std::string sn = "2411010FMDOCFL";
  shop_.Post(kLogistics + "ship_order",
             json::serialize(json::object{{"order_sn", sn}, {"dropoff", {{"branch_id", 1}}}}));
  emulator_.AdvanceClock(std::chrono::seconds(10));
  EXPECT_EQ(Text(shop_.Post(kCreate, Body(sn, Number(sn))), "error"), "");
  emulator_.AdvanceClock(std::chrono::seconds(10));
  const json::object result = First(shop_.Post(kResult, Body(sn)));
  EXPECT_EQ(Text(result, "status"), "FAILED");
  EXPECT_EQ(Text(result, "fail_error"), "logistics.package_print_failed");
  EXPECT_EQ(Text(shop_.Post(kDownload, Body(sn)), "error"), "logistics.package_print_failed");
}

TEST_F(DocumentTest, CreationReportsTheErrorOfEachOrder) {
  const auto refusal = [this](const std::string& body) {
    const json::object answer = shop_.Post(kCreate, body);
    EXPECT_EQ(Text(answer, "error"), "common.batch_api_all_failed");
    return Text(First(answer), "fail_error");
  };
  EXPECT_EQ(refusal(Body("NOSUCHORDER")), "error_not_found");
  EXPECT_EQ(refusal(Body("2411010FMREADY")), "logistics.order_status_error");
  EXPECT_EQ(refusal(Body("2411010FMNOTRK")), "logistics.tracking_number_invalid");
  EXPECT_EQ(refusal(Body("2411010FMDEMO0", "MYWRONG")), "logistics.tracking_number_invalid");
  EXPECT_EQ(refusal(Body("2411010FMPICKD", "MY241101000006IT")), "logistics.package_can_not_print");
  EXPECT_EQ(refusal(Body("2411010FMSPLIT")), "logistics.package_number_not_exist");
  EXPECT_EQ(refusal(Body("2411010FMSPLIT", "", "OFGX")), "logistics.package_number_not_found");
}

TEST_F(DocumentTest, ADownloadRequiresADocumentOfThatType) {
  EXPECT_EQ(Text(First(shop_.Post(kResult, Body("2411010FMDEMO0"))), "fail_error"),
            "logistics.shipping_document_should_print_first");
  shop_.Post(kCreate, Body("201214JASXYXY6", "MY200448706479IT"));
  emulator_.AdvanceClock(std::chrono::seconds(5));
  EXPECT_EQ(Text(shop_.Post(kDownload, R"({"shipping_document_type":"THERMAL_AIR_WAYBILL",)"
                                       R"("order_list":[{"order_sn":"201214JASXYXY6"}]})"),
                 "error"),
            "logistics.shipping_document_should_print_first");
}

TEST_F(DocumentTest, APartlyFailedBatchHasAWarning) {
  const json::object answer =
      shop_.Post(kCreate, R"({"order_list":[{"order_sn":"NOSUCHORDER"},)"
                          R"({"order_sn":"201214JASXYXY6","tracking_number":"MY200448706479IT"}]})");
  EXPECT_EQ(Text(answer, "error"), "");
  EXPECT_EQ(List(answer, "warning").size(), 1U);
}

}  // namespace
}  // namespace emulator_test
