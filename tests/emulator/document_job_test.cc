// Jobs that make labels, the kinds of documents, and the data of labels.
#include "fixture.h"

namespace emulator_test {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::seconds;

const std::string kCreateJob = kLogistics + "create_shipping_document_job";
const std::string kJobStatus = kLogistics + "get_shipping_document_job_status";
const std::string kDownloadJob = kLogistics + "download_shipping_document_job";
const std::string kParameter = kLogistics + "get_shipping_document_parameter";
const std::string kData = kLogistics + "get_shipping_document_data_info";

class DocumentJobTest : public EmulatorTest {
 protected:
  json::object Create(json::object members) {
    members["shipping_document_type"] = "THERMAL_UNPACKAGED_LABEL";
    return shop_.Post(kCreateJob, json::serialize(members));
  }
  static std::string JobOf(const json::object& created) {
    return json::serialize(json::object{{"job_id", Text(Response(created), "job_id")}});
  }
  std::string Status(const std::string& job) {
    return Text(Response(shop_.Post(kJobStatus, job)), "job_status");
  }
};

TEST_F(DocumentJobTest, IsProcessedThenReadyThenExpired) {
  const std::string job = JobOf(Create(
      {{"unpackaged_sku_requests", json::array{{{"unpackaged_sku_id", "844091087_1"}, {"quantity", 3}}}}}));
  EXPECT_EQ(Status(job), "PROCESSING");
  EXPECT_EQ(Text(shop_.Post(kDownloadJob, job), "error"), "logistics.download_later");
  emulator_.AdvanceClock(seconds(5));
  EXPECT_EQ(Status(job), "READY");
  const HttpReply file = shop_.PostRaw(kDownloadJob, job);
  EXPECT_EQ(file.content_type, "application/pdf");
  EXPECT_NE(file.body.find("/Count 3"), std::string::npos) << "a page for each label";
  emulator_.AdvanceClock(hours(25));
  EXPECT_EQ(Status(job), "EXPIRED");
  EXPECT_EQ(Text(shop_.Post(kDownloadJob, job), "error"), "logistics.sd_file_expired");
}

TEST_F(DocumentJobTest, LabelsThePackagesThatItCan) {
  const json::object created =
      Create({{"package_list", {"OFG877146678717210", "OFG1", "OFG241101000000005"}}});
  EXPECT_EQ(List(Response(created), "success_id_list"), json::array{"OFG877146678717210"});
  const json::array& failed = List(Response(created), "fail_list");
  ASSERT_EQ(failed.size(), 2U);
  EXPECT_EQ(Text(failed[0].as_object(), "id"), "OFG1");
  EXPECT_EQ(Text(failed[0].as_object(), "fail_error"), "logistics.package_not_exist");
  EXPECT_EQ(Text(failed[1].as_object(), "fail_error"), "logistics.package_can_not_print");
}

TEST_F(DocumentJobTest, RefusesWhatIsNoJob) {
  EXPECT_EQ(Text(Create({}), "error"), "error_param");
  EXPECT_EQ(Text(Create({{"package_list", json::array{"OFG1"}}}), "error"), "error_param")
      << "nothing to label";
  EXPECT_EQ(
      Text(
          Create({{"unpackaged_sku_requests", json::array{{{"unpackaged_sku_id", "A"}, {"quantity", 601}}}}}),
          "error"),
      "error_param");
  EXPECT_EQ(Text(shop_.Post(kCreateJob, R"({"shipping_document_type":"NORMAL_AIR_WAYBILL",)"
                                        R"("package_list":["OFG877146678717210"]})"),
                 "error"),
            "error_param");
}

TEST_F(DocumentJobTest, IsOfOneShop) {
  const std::string job = R"({"job_id":"SDK0001_00000000000000000000000000000001"})";
  EXPECT_EQ(Status(job), "READY") << "the default world has one";
  EXPECT_EQ(Text(As(600001).Post(kJobStatus, job), "error"), "error_param");
}

TEST_F(DocumentJobTest, ThermalWaybillsMayBeChosen) {
  const json::object answer = shop_.Post(
      kParameter, R"({"order_list":[{"order_sn":"201214JASXYXY6"},{"order_sn":"2411010FMALLOC"}]})");
  const json::array& results = List(Response(answer), "result_list");
  EXPECT_EQ(Text(results.at(0).as_object(), "suggest_shipping_document_type"), "NORMAL_AIR_WAYBILL");
  EXPECT_EQ(List(results.at(0).as_object(), "selectable_shipping_document_type"),
            (json::array{"NORMAL_AIR_WAYBILL", "THERMAL_AIR_WAYBILL"}));
  EXPECT_EQ(Text(results.at(1).as_object(), "fail_error"), "logistics.error_param");
  EXPECT_EQ(List(answer, "warning").size(), 1U);
}

TEST_F(DocumentJobTest, TheDataOfALabelHasOnePictureAsAnObjectAndSeveralAsAList) {
  const auto pictures = [this](const char* asked) {
    return Response(
               shop_.Post(kData, std::string(R"({"order_sn":"201214JASXYXY6","recipient_address_info":)") +
                                     asked + "}"))
        .at("recipient_address_info");
  };
  EXPECT_EQ(Text(pictures(R"([{"key":"name"}])").as_object(), "key"), "name");
  EXPECT_EQ(pictures(R"([{"key":"name"},{"key":"phone"}])").as_array().size(), 2U);
  const json::object info = Response(shop_.Post(kData, R"({"order_sn":"201214JASXYXY6"})"));
  EXPECT_EQ(Text(info.at("shipping_document_info").as_object(), "tracking_number"), "MY200448706479IT");
}

TEST_F(DocumentJobTest, TheDataOfALabelIsRefusedByTheStateOfThePackage) {
  const auto error = [this](const std::string& members) {
    return Text(shop_.Post(kData, "{" + members + "}"), "error");
  };
  EXPECT_EQ(error(R"("order_sn":"NOSUCHORDER")"), "error_not_found");
  EXPECT_EQ(error(R"("order_sn":"2411010FMREADY")"), "logistics.error_limit");
  EXPECT_EQ(error(R"("order_sn":"2411010FMPICKD")"), "error_status");
  EXPECT_EQ(error(R"("order_sn":"2411010FMCANCL")"), "logistics.error_status_limit");
  EXPECT_EQ(error(R"("order_sn":"2411010FMSPLIT")"), "logistics.package_number_not_exist");
  EXPECT_EQ(error(R"("order_sn":"201214JASXYXY6","recipient_address_info":[{"key":"shoe size"}])"),
            "error_param");
  EXPECT_EQ(error(R"("order_sn":"201214JASXYXY6","recipient_address_info":)"
                  R"([{"key":"name","style":{"font_size":109}}])"),
            "error_param");
}

}  // namespace
}  // namespace emulator_test
