// A contradictory contract is refused at startup, with the field's name.
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
std::string ResponseFault(
    firstmile::mapping::PayloadKind payload = firstmile::mapping::PAYLOAD_KIND_RESPONSE) {
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
  EXPECT_THAT(RequestFault<broken::NullList>(), HasSubstr("null_when_absent"));
  EXPECT_THAT(RequestFault<broken::NumberOfText>(), HasSubstr("as_number"));
  EXPECT_THAT(RequestFault<broken::NullInQuery>(Placement::kQuery), HasSubstr("null_when_absent"));
  EXPECT_THAT(RequestFault<broken::DefaultNumbers>(), HasSubstr("default_values"));
  EXPECT_THAT(RequestFault<broken::DefaultNumber>(), HasSubstr("default_values")) << "in a body";
  EXPECT_TRUE(RequestEncoder::Compile(*broken::DefaultNumber::descriptor(), Placement::kQuery).ok());
  EXPECT_THAT(RequestFault<broken::TwoDefaultNumbers>(Placement::kQuery), HasSubstr("default_values"));
  EXPECT_THAT(RequestFault<broken::SendsUnknown>(), HasSubstr("gone"));
  EXPECT_THAT(RequestFault<broken::SendsOfText>(), HasSubstr("send_empty"));
  EXPECT_THAT(RequestFault<broken::OutcomesInRequest>(), HasSubstr("outcomes"));
  EXPECT_THAT(RequestFault<broken::PresenceInRequest>(), HasSubstr("is_present"));
}

TEST(RequestEncoderCompile, RefusesAnEcho) {
  EXPECT_THAT(RequestFault<broken::EchoInRequest>(),
              HasSubstr("EchoInRequest.x: (wire).echo_of is for answers"));
}

TEST(ResponseDecoderCompile, RefusesAnEchoOfWhatTheRequestHasNot) {
  EXPECT_THAT(ResponseFault<broken::EchoOfUnknown>(), AllOf(HasSubstr("EchoOfUnknown.x"), HasSubstr("gone")));
  EXPECT_THAT(ResponseFault<broken::EchoOfList>(),
              HasSubstr("keys is no such text or integer of the request"));
  EXPECT_THAT(ResponseFault<broken::NumberEcho>(), HasSubstr("NumberEcho.x"));
}

TEST(ResponseDecoderCompile, RefusesAnEchoThatWouldBeIgnored) {
  EXPECT_THAT(ResponseFault<broken::EchoInMessage>(), HasSubstr("Echo.x"));
  EXPECT_THAT(ResponseFault<broken::DeepEcho>(), HasSubstr("Echo.x"));
}

TEST(RequestEncoderCompile, RefusesAnotherNameOfAnAnswer) {
  EXPECT_THAT(RequestFault<broken::AlsoInRequest>(),
              HasSubstr("AlsoInRequest.x: (wire).also is for answers"));
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

TEST(ResponseDecoderCompile, RefusesAPresenceThatIsNoBool) {
  EXPECT_THAT(ResponseFault<broken::PresenceOfText>(),
              HasSubstr("PresenceOfText.x: (wire).is_present is for a bool"));
}

TEST(ResponseDecoderCompile, RefusesAMissingPayloadKind) {
  EXPECT_THAT(ResponseFault<broken::Leaf>(firstmile::mapping::PAYLOAD_KIND_UNSPECIFIED),
              HasSubstr("payload"));
}

TEST(ResponseDecoderCompile, RefusesAFileAnswerWithoutAFieldForTheFile) {
  EXPECT_THAT(ResponseFault<broken::FileWithoutBytes>(firstmile::mapping::PAYLOAD_KIND_FILE),
              HasSubstr("bytes"));
  EXPECT_THAT(ResponseFault<broken::FileWithoutType>(firstmile::mapping::PAYLOAD_KIND_FILE),
              HasSubstr("content_type"));
}

TEST(ResponseDecoderCompile, RefusesOutcomesThatCannotBeMatched) {
  EXPECT_THAT(ResponseFault<broken::OutcomesWithoutState>(), HasSubstr("`state`"));
  EXPECT_THAT(ResponseFault<broken::OutcomesWithoutFailure>(), HasSubstr("`failure`"));
  EXPECT_THAT(ResponseFault<broken::OutcomesOfUnknownList>(), HasSubstr("gone"));
  EXPECT_THAT(ResponseFault<broken::OutcomesOfText>(), HasSubstr("no list of messages or texts text"));
  EXPECT_THAT(ResponseFault<broken::OutcomesWithoutKey>(), HasSubstr("needs a key"));
  EXPECT_THAT(ResponseFault<broken::OutcomesOfUnknownKey>(), HasSubstr("key package"));
  EXPECT_THAT(ResponseFault<broken::OutcomesOfNumberKey>(), HasSubstr("key number"));
  EXPECT_THAT(ResponseFault<broken::OutcomesWithoutList>(), HasSubstr("needs a request_list"));
  EXPECT_THAT(ResponseFault<broken::OutcomesOfUnknownRequestKey>(), HasSubstr("key gone"));
  EXPECT_THAT(ResponseFault<broken::SingleOutcome>(), HasSubstr("list of messages"));
}

TEST(ResponseDecoderCompile, RefusesATextInElementsThatAreNone) {
  EXPECT_THAT(ResponseFault<broken::TextInUnknownList>(), HasSubstr("in_elements_of"));
  EXPECT_THAT(ResponseFault<broken::TextInTexts>(), HasSubstr("in_elements_of"));
  EXPECT_THAT(ResponseFault<broken::NumberInElements>(), HasSubstr("in_elements_of"));
}

}  // namespace
}  // namespace firstmile::codec
