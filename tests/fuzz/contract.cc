#include "fuzz/contract.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/common.h>

#if GOOGLE_PROTOBUF_VERSION < 4022000  // later versions log through Abseil
#include <google/protobuf/stubs/logging.h>
#endif

#include "contract/services.h"

namespace firstmile::fuzzing {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

const endpoints::EndpointTable& Table() {
  static const absl::StatusOr<endpoints::EndpointTable> table =
      endpoints::EndpointTable::Build(testing::ContractServices());
  return table.value();
}

const std::vector<const MethodDescriptor*>& Methods() {
  static const auto* const methods = new std::vector<const MethodDescriptor*>(testing::UnaryMethods());
  return *methods;
}

}  // namespace

Operation OperationAt(std::uint8_t number) {
  const MethodDescriptor* method = Methods()[number % Methods().size()];
  return {Table().FindByRequest(method->input_type()), method};
}

std::uint8_t NumberOf(absl::string_view service, absl::string_view rpc) {
  for (std::size_t i = 0; i < Methods().size(); ++i) {
    if (Methods()[i]->service()->name() == service && Methods()[i]->name() == rpc)
      return static_cast<std::uint8_t>(i);
  }
  return 0;
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::unique_ptr<Message> RequestFrom(const Operation& operation, absl::string_view bytes) {
#if GOOGLE_PROTOBUF_VERSION < 4022000
  static const google::protobuf::LogSilencer silent;  // the parser logs each text that is not UTF-8
#endif
  std::unique_ptr<Message> request = NewMessage(operation.method->input_type());
  if (!request->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()))) request->Clear();
  return request;
}

bool CanBeRead(const Message& message) {
  const std::unique_ptr<Message> copy(message.New());
  return copy->ParseFromString(message.SerializeAsString());
}

}  // namespace firstmile::fuzzing
