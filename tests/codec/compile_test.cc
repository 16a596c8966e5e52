// A contract that contradicts itself is refused at start, by the field's name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "codec/broken_cases.pb.h"
#include "codec/request_encoder.h"
#include "codec/response_decoder.h"

namespace firstmile::codec {
namespace {

namespace broken = firstmile::test::broken;
using ::testing::AllOf;
using ::testing::HasSubstr;

template <typename Request>
std::string RequestFault(Placement placement = Placement::kBody) {
  const absl::Status status = RequestEncoder::Compile(*Request::descriptor(), placement).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

template <typename Response>
std::string ResponseFault(firstmile::v1::PayloadKind payload = firstmile::v1::PAYLOAD_KIND_RESPONSE) {
  const absl::Status status =
      ResponseDecoder::Compile(*broken::Request::descriptor(), *Response::descriptor(), payload).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(RequestEncoderCompile, RefusesWhatAQueryCannotHold) {
  EXPECT_THAT(RequestFault<broken::MessageInQuery>(Placement::kQuery),
              AllOf(HasSubstr("MessageInQuery.x"), HasSubstr("query")));
  EXPECT_THAT(RequestFault<broken::ListInQuery>(Placement::kQuery), HasSubstr("comma_joined"));
}

TEST(RequestEncoderCompile, RefusesTypesWithoutAForm) {
  EXPECT_THAT(RequestFault<broken::Bytes>(), HasSubstr("Bytes.x"));
  EXPECT_THAT(RequestFault<broken::Map>(), HasSubstr("map"));
  EXPECT_THAT(RequestFault<broken::Endless>(), HasSubstr("nested deeper"));
}

TEST(RequestEncoderCompile, RefusesOptionsThatContradictTheField) {
  EXPECT_THAT(RequestFault<broken::JoinedText>(), HasSubstr("JoinedText.x: (wire).comma_joined"));
  EXPECT_THAT(RequestFault<broken::JoinedMessages>(), HasSubstr("comma_joined"));
  EXPECT_THAT(RequestFault<broken::NullWithoutPresence>(), HasSubstr("null_when_absent"));
  EXPECT_THAT(RequestFault<broken::NullInQuery>(Placement::kQuery), HasSubstr("null_when_absent"));
  EXPECT_THAT(RequestFault<broken::DefaultNumbers>(), HasSubstr("default_values"));
  EXPECT_THAT(RequestFault<broken::SendsUnknown>(), HasSubstr("gone"));
  EXPECT_THAT(RequestFault<broken::SendsOfText>(), HasSubstr("send_empty"));
  EXPECT_THAT(RequestFault<broken::OutcomesInRequest>(), HasSubstr("outcomes"));
}

TEST(RequestEncoderCompile, RefusesAnEcho) {
  EXPECT_THAT(RequestFault<broken::EchoInRequest>(),
              HasSubstr("EchoInRequest.x: (wire).echo_of is for answers"));
}

TEST(ResponseDecoderCompile, RefusesAnEchoOfWhatTheRequestHasNot) {
  EXPECT_THAT(ResponseFault<broken::EchoOfUnknown>(), AllOf(HasSubstr("EchoOfUnknown.x"), HasSubstr("gone")));
  EXPECT_THAT(ResponseFault<broken::EchoOfList>(), HasSubstr("keys is no text of the request"));
  EXPECT_THAT(ResponseFault<broken::NumberEcho>(), HasSubstr("NumberEcho.x"));
}

TEST(ResponseDecoderCompile, RefusesAnEchoWhereNobodyLooks) {
  EXPECT_THAT(ResponseFault<broken::EchoInMessage>(), HasSubstr("Echo.x"));
  EXPECT_THAT(ResponseFault<broken::DeepEcho>(), HasSubstr("Echo.x"));
}

TEST(RequestEncoderCompile, RefusesTwoFieldsOfOneName) {
  EXPECT_THAT(RequestFault<broken::SameName>(), HasSubstr("SameName.x"));
}

TEST(ResponseDecoderCompile, RefusesTypesThatCannotBeRead) {
  EXPECT_THAT(ResponseFault<broken::Bytes>(), HasSubstr("Bytes.x"));
  EXPECT_THAT(ResponseFault<broken::Unsigned64>(), HasSubstr("Unsigned64.x"));
  EXPECT_THAT(ResponseFault<broken::NumberMap>(), HasSubstr("map"));
}

TEST(ResponseDecoderCompile, RefusesOptionsOfRequests) {
  EXPECT_THAT(ResponseFault<broken::JoinedInAnswer>(), HasSubstr("for requests"));
}

TEST(ResponseDecoderCompile, RefusesAMissingPayloadKind) {
  EXPECT_THAT(ResponseFault<broken::Leaf>(firstmile::v1::PAYLOAD_KIND_UNSPECIFIED), HasSubstr("payload"));
}

TEST(ResponseDecoderCompile, RefusesAFileAnswerWithoutPlaceForTheFile) {
  EXPECT_THAT(ResponseFault<broken::FileWithoutBytes>(firstmile::v1::PAYLOAD_KIND_FILE), HasSubstr("bytes"));
  EXPECT_THAT(ResponseFault<broken::FileWithoutType>(firstmile::v1::PAYLOAD_KIND_FILE),
              HasSubstr("content_type"));
}

TEST(ResponseDecoderCompile, RefusesOutcomesThatCannotBeMatched) {
  EXPECT_THAT(ResponseFault<broken::OutcomesWithoutState>(), HasSubstr("`state`"));
  EXPECT_THAT(ResponseFault<broken::OutcomesOfUnknownList>(), HasSubstr("gone"));
  EXPECT_THAT(ResponseFault<broken::OutcomesOfText>(), HasSubstr("no list of messages text"));
  EXPECT_THAT(ResponseFault<broken::OutcomesWithoutKey>(), HasSubstr("needs a key"));
  EXPECT_THAT(ResponseFault<broken::OutcomesOfUnknownKey>(), HasSubstr("key package"));
  EXPECT_THAT(ResponseFault<broken::OutcomesOfNumberKey>(), HasSubstr("key number"));
  EXPECT_THAT(ResponseFault<broken::SingleOutcome>(), HasSubstr("list of messages"));
}

}  // namespace
}  // namespace firstmile::codec
