// The answer to any operation: the envelope, the response that is made of it, and the error if there is one.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "codec/answer.h"
#include "codec/echoes.h"
#include "codec/wire_options.h"
#include "errors/status.h"
#include "fuzz/contract.h"
#include "fuzz/fuzz.h"

namespace firstmile::fuzzing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void CheckNumbers(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE && !field->is_repeated()) {
      Promise(std::isfinite(reflection.GetDouble(message, field)), "numbers are finite", field->full_name());
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) CheckNumbers(reflection.GetMessage(message, field));
    for (int i = 0; field->is_repeated() && i < reflection.FieldSize(message, field); ++i) {
      CheckNumbers(reflection.GetRepeatedMessage(message, field, i));
    }
  }
}

std::string TextOf(const Message& message, absl::string_view name) {
  const std::string field(name);
  const std::string text =
      message.GetReflection()->GetString(message, message.GetDescriptor()->FindFieldByName(field));
  return std::string(absl::StripAsciiWhitespace(text));
}

// One outcome per element of the request, in its order. What comes behind them is about the same elements.
void CheckOutcomes(const FieldDescriptor& outcomes, const Message& request, const Message& response) {
  const v1::BatchOutcomes& options = codec::WireOf(outcomes).outcomes();
  const FieldDescriptor* list = request.GetDescriptor()->FindFieldByName(options.request_list());
  const int asked = request.GetReflection()->FieldSize(request, list);
  const int told = response.GetReflection()->FieldSize(response, &outcomes);
  Promise(told >= asked, "an outcome for each element");
  std::vector<std::string> keys;
  for (int i = 0; i < asked; ++i) {
    keys.push_back(TextOf(request.GetReflection()->GetRepeatedMessage(request, list, i), options.key(0)));
  }
  const bool named =
      std::any_of(keys.begin(), keys.end(), [](const std::string& key) { return key != "" && key != "-"; });
  for (int i = 0; i < told; ++i) {
    const std::string key =
        TextOf(response.GetReflection()->GetRepeatedMessage(response, &outcomes, i), options.key(0));
    const auto same = [&key](const std::string& other) { return codec::NamesTheSame(key, other); };
    Promise(i >= asked || same(keys[static_cast<std::size_t>(i)]) || keys[static_cast<std::size_t>(i)] == "-",
            "outcomes stand in the order of the request", key);
    Promise(!named || key.empty() || std::any_of(keys.begin(), keys.end(), same),
            "outcomes are of what was asked for", key);
  }
}

// Where the platform repeats a text of the request.
void CheckEcho(const FieldDescriptor& field, const Message& request, const Message& response) {
  const FieldDescriptor* asked = request.GetDescriptor()->FindFieldByName(codec::WireOf(field).echo_of());
  if (asked->is_repeated()) return;
  const std::string wanted = TextOf(request, asked->name());
  const std::string told = TextOf(response, field.name());
  Promise(wanted.empty() || wanted == "-" || told.empty() || codec::NamesTheSame(wanted, told),
          "an answer that names something else is no success", told);
}

void CheckResponse(const Message& request, const Message& response) {
  Promise(CanBeRead(response), "clients can read the response");
  CheckNumbers(response);
  for (int i = 0; i < response.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *response.GetDescriptor()->field(i);
    if (codec::WireOf(field).has_outcomes()) CheckOutcomes(field, request, response);
    if (!codec::WireOf(field).echo_of().empty()) CheckEcho(field, request, response);
  }
}

void CheckFailure(const codec::Answer& answer, const absl::Status& failure, int http_status,
                  const endpoints::Endpoint& endpoint) {
  Promise(failure.message().substr(0, 1) == "$", "the JSON path of what is wrong is told",
          failure.ToString());
  const errors::UpstreamFailure told{.vendor_code = "",
                                     .vendor_message = std::string(failure.message()),
                                     .request_id = answer.request_id,
                                     .http_status = http_status};
  const google::rpc::Status status = errors::FromUpstream(
      errors::Judge(told, absl::FromUnixSeconds(1'700'000'000)), told, endpoint.operation);
  Promise(status.code() != 0, "a failure is never OK");
  Promise(CanBeRead(status), "clients can read the error");
}

}  // namespace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static firstmile::codec::AnswerReader reader;
  Input input(data, size);
  const Operation operation = OperationAt(input.Byte());
  const int http_status = input.Byte() % 2 == 0 ? 200 : 500;
  const auto request = RequestFrom(operation, input.Text());
  const firstmile::codec::Answer answer = reader.Read(input.Rest());
  const auto response = NewMessage(operation.method->output_type());
  firstmile::codec::DecodeReport report;
  const absl::Status decoded = operation.endpoint->decoder.Decode(answer, *request, response.get(), &report);
  Promise(answer.is_json || !decoded.ok(), "what is no JSON is no success");
  if (!decoded.ok()) {
    CheckFailure(answer, decoded, http_status, *operation.endpoint);
  } else if (operation.endpoint->payload != firstmile::v1::PAYLOAD_KIND_FILE) {
    CheckResponse(*request, *response);
  }
  return 0;
}

}  // namespace firstmile::fuzzing
