// Outcomes of a request with several lists, of which one may be a list of texts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/decode.h"
#include "firstmile/v1/logistics_document_jobs.pb.h"

namespace firstmile::codec {
namespace {

using firstmile::v1::CreateShippingDocumentJobRequest;
using firstmile::v1::CreateShippingDocumentJobResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

CreateShippingDocumentJobRequest Asking(const std::vector<std::string>& goods,
                                        const std::vector<std::string>& packages) {
  CreateShippingDocumentJobRequest request;
  for (const std::string& id : goods) request.add_unpackaged_sku_requests()->set_unpackaged_sku_id(id);
  for (const std::string& number : packages) request.add_package_list(number);
  return request;
}

std::vector<std::string> Lines(const CreateShippingDocumentJobRequest& request, const std::string& payload) {
  const auto decoded =
      DecodeBody<CreateShippingDocumentJobResponse>(R"({"error":"","response":{)" + payload + "}}", request);
  EXPECT_TRUE(decoded.status.ok()) << decoded.status;
  std::vector<std::string> lines;
  for (const auto& outcome : decoded.response.outcomes()) {
    lines.push_back(outcome.id() + " " +
                    firstmile::v1::OutcomeState_Name(outcome.state()).substr(sizeof("OUTCOME_STATE_") - 1));
  }
  return lines;
}

TEST(JobOutcomes, AreOfTheTextsOfAListInTheOrderOfTheRequest) {
  EXPECT_THAT(
      Lines(Asking({}, {"A", "B"}),
            R"("success_id_list":["B"],"fail_list":[{"id":"A","fail_error":"e","fail_message":"m"}])"),
      ElementsAre("A FAILED", "B SUCCEEDED"));
}

TEST(JobOutcomes, AreOfElementsWhoseKeyHasAnotherName) {
  EXPECT_THAT(Lines(Asking({"S1", "S2"}, {}), R"("success_id_list":["S2","S1"])"),
              ElementsAre("S1 SUCCEEDED", "S2 SUCCEEDED"));
}

TEST(JobOutcomes, OfKeysMayBeNumbers) {
  EXPECT_THAT(Lines(Asking({}, {"70301", "B"}), R"("success_id_list":[70301,["B"]])"),
              ElementsAre("70301 SUCCEEDED", "B UNREPORTED"));
}

TEST(JobOutcomes, FollowTheListsOfTheRequest) {
  EXPECT_THAT(Lines(Asking({"S1"}, {"A"}), R"("success_id_list":["A","S1"])"),
              ElementsAre("S1 SUCCEEDED", "A SUCCEEDED"));
}

TEST(JobOutcomes, OfATextThatShopeeDoesNotMentionAreUnreported) {
  EXPECT_THAT(Lines(Asking({}, {"A", "B"}), R"("success_id_list":["B"],"fail_list":null)"),
              ElementsAre("A UNREPORTED", "B SUCCEEDED"));
}

TEST(JobOutcomes, OfSomethingElseMakeTheAnswerAnothers) {
  const auto decoded = DecodeBody<CreateShippingDocumentJobResponse>(
      R"({"error":"","response":{"success_id_list":["C"]}})", Asking({}, {"A"}));
  EXPECT_THAT(std::string(decoded.status.message()), HasSubstr("$.response.success_id_list"));
}

}  // namespace
}  // namespace firstmile::codec
