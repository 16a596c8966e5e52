// The other streams: each delivers the data of its unary rpc.
#include <gtest/gtest.h>

#include "support/sidecar_fixture.h"

namespace firstmile::rpc {
namespace {

class StreamsTest : public ::firstmile::testing::SidecarTest {
 protected:
  void SetUp() override { StartSidecar(); }

  template <typename Frame, typename Stream>
  std::vector<Frame> ReadAll(Stream stream) {
    std::vector<Frame> frames;
    Frame frame;
    while (stream->Read(&frame)) frames.push_back(frame);
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return frames;
  }

  grpc::ClientContext context_;
};

TEST_F(StreamsTest, TrackingNumbersOfManyShopsPage) {
  v1::StreamTrackingNumbersRequest request;
  request.add_shop_ids(600000);
  request.add_shop_ids(600001);
  request.set_from_date("2000-01-01");
  request.set_to_date("2099-12-31");
  request.set_page_size(10);
  const auto frames =
      ReadAll<v1::StreamTrackingNumbersResponse>(first_mile_->StreamTrackingNumbers(&context_, request));
  int pages_of_first = 0;
  for (const auto& frame : frames) pages_of_first += frame.shop_id() == 600000 ? 1 : 0;
  EXPECT_GE(pages_of_first, 3);
}

TEST_F(StreamsTest, DetailOfOneNumberPages) {
  v1::StreamFirstMileDetailRequest request;
  request.set_shop_id(600000);
  request.set_first_mile_tracking_number("SFDEMO0000000250");
  const auto frames =
      ReadAll<v1::StreamFirstMileDetailResponse>(first_mile_->StreamFirstMileDetail(&context_, request));
  EXPECT_GE(frames.size(), 3U);
  EXPECT_EQ(frames[0].page().first_mile_tracking_number(), "SFDEMO0000000250");
}

TEST_F(StreamsTest, CourierDeliveryListAndDetailPage) {
  v1::StreamCourierDeliveryTrackingNumbersRequest request;
  request.add_shop_ids(600000);
  request.set_from_date("2000-01-01");
  request.set_to_date("2099-12-31");
  request.set_page_size(10);
  const auto frames = ReadAll<v1::StreamCourierDeliveryTrackingNumbersResponse>(
      first_mile_->StreamCourierDeliveryTrackingNumbers(&context_, request));
  ASSERT_GE(frames.size(), 3U);

  std::size_t most_pages = 0;
  for (const auto& frame : frames) {
    for (const auto& binding : frame.page().tracking_number_list()) {
      v1::StreamCourierDeliveryDetailRequest detail;
      detail.set_shop_id(600000);
      detail.set_binding_id(binding.binding_id());
      detail.set_page_size(10);
      grpc::ClientContext context;
      most_pages = std::max(most_pages, ReadAll<v1::StreamCourierDeliveryDetailResponse>(
                                            first_mile_->StreamCourierDeliveryDetail(&context, detail))
                                            .size());
    }
  }
  EXPECT_GE(most_pages, 3U);
}

class WaybillTest : public StreamsTest {
 protected:
  static constexpr char kPath[] = "/api/v2/first_mile/get_waybill";

  void AnswerFile(std::size_t bytes) {
    emulator::Fault fault;
    fault.path = kPath;
    fault.status = 200;
    fault.content_type = "application/pdf";
    fault.body = "%PDF-" + std::string(bytes - 5, 'x');
    emulator_.SetFault(fault);
  }
  v1::DownloadWaybillRequest Request() {
    v1::DownloadWaybillRequest request;
    request.set_shop_id(600000);
    request.add_first_mile_tracking_number_list("CNF877146678717210312");
    return request;
  }
};

TEST_F(WaybillTest, AFileLargerThanAMessageArrivesInChunks) {
  const std::size_t bytes = 6 * 1024 * 1024 + 7;  // over gRPC's 4 MiB
  AnswerFile(bytes);
  const auto frames =
      ReadAll<v1::DownloadWaybillResponse>(first_mile_->DownloadWaybill(&context_, Request()));
  std::string file;
  for (const auto& frame : frames) file += frame.chunk();
  EXPECT_EQ(file.size(), bytes);
  EXPECT_EQ(file.substr(0, 5), "%PDF-");
  EXPECT_EQ(frames[0].content_type(), "application/pdf");
  EXPECT_EQ(frames[0].total_bytes(), static_cast<std::int64_t>(bytes));
  EXPECT_EQ(frames[1].content_type(), "");
}

TEST_F(WaybillTest, AFileThatBreaksOffIsNotBegunAnew) {
  emulator::Fault fault;
  fault.path = kPath;
  fault.action = emulator::Fault::Action::kTruncate;
  fault.bytes = 200;
  emulator_.SetFault(fault);
  auto stream = first_mile_->DownloadWaybill(&context_, Request());
  v1::DownloadWaybillResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  EXPECT_EQ(frame.chunk().size(), 200U);
  EXPECT_FALSE(stream->Read(&frame));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_NE(status.error_message().find("The file broke off after 200 bytes"), std::string::npos)
      << status.error_message();
  EXPECT_EQ(emulator_.RequestCount(kPath), 1U);
}

TEST_F(WaybillTest, AReaderThatCancelsEndsTheTransfer) {
  AnswerFile(std::size_t{24} << 20);
  auto stream = first_mile_->DownloadWaybill(&context_, Request());
  v1::DownloadWaybillResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  context_.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  while (emulator_.counters().in_flight != 0) std::this_thread::yield();
}

TEST_F(WaybillTest, AFailureInsteadOfAFileIsTheStatus) {
  AnswerWith(
      kPath,
      R"({"request_id":"r","error":"firstmile.error_param","message":"The ShopID and Pickup Label are not matched."})");
  auto stream = first_mile_->DownloadWaybill(&context_, Request());
  v1::DownloadWaybillResponse frame;
  EXPECT_FALSE(stream->Read(&frame));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(WaybillTest, TheUnaryTwinGivesTheWholeFile) {
  AnswerFile(1000);
  v1::GetWaybillRequest request;
  request.set_shop_id(600000);
  request.add_first_mile_tracking_number_list("CNF877146678717210312");
  v1::GetWaybillResponse response;
  ASSERT_TRUE(first_mile_->GetWaybill(&context_, request, &response).ok());
  EXPECT_EQ(response.waybill().size(), 1000U);
  EXPECT_EQ(response.content_type(), "application/pdf");
}

}  // namespace
}  // namespace firstmile::rpc
