// Answers to any operation: the envelope, the decoded response, and the error if there is one.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
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

// Empty for the integer 0.
std::string TextOf(const Message& message, absl::string_view name) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    const std::int64_t number = reflection.GetInt64(message, field);
    return number == 0 ? "" : absl::StrCat(number);
  }
  return std::string(absl::StripAsciiWhitespace(reflection.GetString(message, field)));
}

bool NamesNothing(const std::string& key) {
  return key.empty() || key == "-";
}

// The first keys of the elements of all lists that have outcomes, in the order of the outcomes.
std::vector<std::string> KeysOfElements(const mapping::BatchOutcomes& options, const Message& request) {
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  const std::string& key = options.request_key().empty() ? options.key(0) : options.request_key(0);
  std::vector<std::string> keys;
  for (const std::string& name : options.request_list()) {
    const FieldDescriptor* list = request.GetDescriptor()->FindFieldByName(name);
    for (int i = 0; i < reflection.FieldSize(request, list); ++i) {
      keys.push_back(
          list->message_type() == nullptr
              ? std::string(absl::StripAsciiWhitespace(reflection.GetRepeatedString(request, list, i)))
              : TextOf(reflection.GetRepeatedMessage(request, list, i), key));
    }
  }
  return keys;
}

// One outcome per element of the request, in its order; further ones repeat requested elements. Request rules
// refuse an element without a name; here it may take any row's.
void CheckOutcomes(const FieldDescriptor& outcomes, const Message& request, const Message& response) {
  const mapping::BatchOutcomes& options = codec::WireOf(outcomes).outcomes();
  const std::vector<std::string> keys = KeysOfElements(options, request);
  const int asked = static_cast<int>(keys.size());
  const int told = response.GetReflection()->FieldSize(response, &outcomes);
  Promise(told >= asked, "an outcome for each element");
  const bool named = !std::all_of(keys.begin(), keys.end(), NamesNothing);
  for (int i = 0; i < told; ++i) {
    const std::string key =
        TextOf(response.GetReflection()->GetRepeatedMessage(response, &outcomes, i), options.key(0));
    const auto same = [&key](const std::string& other) { return codec::NamesTheSame(key, other); };
    if (i < asked) {
      const std::string& wanted = keys[static_cast<std::size_t>(i)];
      Promise(NamesNothing(wanted) || same(wanted), "outcomes stand in the order of the request", key);
    }
    Promise(!named || key.empty() || std::any_of(keys.begin(), keys.end(), same),
            "outcomes are of what was asked for", key);
  }
}

// Checks a field in which Shopee repeats a text of the request.
void CheckEcho(const FieldDescriptor& field, const Message& request, const Message& response) {
  const FieldDescriptor* asked = request.GetDescriptor()->FindFieldByName(codec::WireOf(field).echo_of());
  if (asked->is_repeated()) return;
  const std::string wanted = TextOf(request, asked->name());
  const std::string told = TextOf(response, field.name());
  Promise(NamesNothing(wanted) || told.empty() || codec::NamesTheSame(wanted, told),
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
      errors::ClassifyError(told, absl::FromUnixSeconds(1'700'000'000)), told, endpoint.operation);
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
  } else if (operation.endpoint->payload != firstmile::mapping::PAYLOAD_KIND_FILE) {
    CheckResponse(*request, *response);
  }
  return 0;
}

}  // namespace firstmile::fuzzing
