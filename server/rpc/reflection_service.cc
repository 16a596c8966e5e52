#include "rpc/reflection_service.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/support/server_callback.h>

#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "text/clean_text.h"

namespace firstmile::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;

// The two versions have the same messages under two names.
struct V1 {
  using Service = grpc::reflection::v1::ServerReflection::CallbackService;
  using Request = grpc::reflection::v1::ServerReflectionRequest;
  using Response = grpc::reflection::v1::ServerReflectionResponse;
};
struct V1Alpha {
  using Service = grpc::reflection::v1alpha::ServerReflection::CallbackService;
  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;
};

// Most bytes of an unknown name that the answer repeats.
constexpr std::size_t kAskedBytesMax = 256;

const DescriptorPool& Pool() {
  return *DescriptorPool::generated_pool();
}

// What only the server uses: REST mappings, configuration, stored records.
bool IsInternal(absl::string_view file) {
  return absl::StartsWith(file, "firstmile/") && !absl::StartsWith(file, "firstmile/v1/");
}

// Removes internal options from a descriptor's options and nested messages, and options that become empty.
void RemoveInternalOptions(google::protobuf::Message* message) {
  const google::protobuf::Reflection& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_extension() && IsInternal(field->file()->name())) {
      reflection.ClearField(message, field);
    } else if (field->is_repeated() && field->message_type() != nullptr) {
      for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
        RemoveInternalOptions(reflection.MutableRepeatedMessage(message, field, i));
      }
    } else if (field->message_type() != nullptr) {
      google::protobuf::Message* part = reflection.MutableMessage(message, field);
      RemoveInternalOptions(part);
      if (part->ByteSizeLong() == 0) reflection.ClearField(message, field);
    }
  }
}

// The file as published in proto/.
FileDescriptorProto Published(const FileDescriptor& file) {
  FileDescriptorProto proto;
  file.CopyTo(&proto);
  RemoveInternalOptions(&proto);
  proto.clear_dependency();
  for (int i = 0; i < file.dependency_count(); ++i) {
    if (!IsInternal(file.dependency(i)->name())) proto.add_dependency(file.dependency(i)->name());
  }
  return proto;
}

// A file and all its imports, so that the client needs no second request.
template <typename Response>
void AppendWithImports(const FileDescriptor& file, std::set<const FileDescriptor*>* seen,
                       Response* response) {
  if (IsInternal(file.name()) || !seen->insert(&file).second) return;
  response->mutable_file_descriptor_response()->add_file_descriptor_proto(
      Published(file).SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) AppendWithImports(*file.dependency(i), seen, response);
}

template <typename Response>
void AnswerFile(const FileDescriptor* file, const std::string& asked, Response* response) {
  if (file != nullptr && !IsInternal(file->name())) {
    std::set<const FileDescriptor*> seen;
    AppendWithImports(*file, &seen, response);
    return;
  }
  response->mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
  response->mutable_error_response()->set_error_message(
      absl::StrCat("not found: ", text::CleanText(asked, kAskedBytesMax)));
}

const FileDescriptor* FileOfExtension(const std::string& type_name, int number) {
  const google::protobuf::Descriptor* type = Pool().FindMessageTypeByName(type_name);
  const google::protobuf::FieldDescriptor* extension =
      type == nullptr ? nullptr : Pool().FindExtensionByNumber(type, number);
  return extension == nullptr ? nullptr : extension->file();
}

template <typename Response>
void AnswerExtensionNumbers(const std::string& type_name, Response* response) {
  const google::protobuf::Descriptor* type = Pool().FindMessageTypeByName(type_name);
  if (type == nullptr) return AnswerFile(nullptr, type_name, response);
  std::vector<const google::protobuf::FieldDescriptor*> extensions;
  Pool().FindAllExtensions(type, &extensions);
  auto* numbers = response->mutable_all_extension_numbers_response();
  numbers->set_base_type_name(type_name);
  for (const auto* extension : extensions) {
    if (!IsInternal(extension->file()->name())) numbers->add_extension_number(extension->number());
  }
}

template <typename Version>
typename Version::Response Answer(const std::vector<std::string>& services,
                                  const typename Version::Request& request) {
  using Request = typename Version::Request;
  typename Version::Response response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case Request::kFileByFilename:
      AnswerFile(Pool().FindFileByName(request.file_by_filename()), request.file_by_filename(), &response);
      break;
    case Request::kFileContainingSymbol:
      AnswerFile(Pool().FindFileContainingSymbol(request.file_containing_symbol()),
                 request.file_containing_symbol(), &response);
      break;
    case Request::kFileContainingExtension: {
      const auto& asked = request.file_containing_extension();
      AnswerFile(FileOfExtension(asked.containing_type(), asked.extension_number()), asked.containing_type(),
                 &response);
      break;
    }
    case Request::kAllExtensionNumbersOfType:
      AnswerExtensionNumbers(request.all_extension_numbers_of_type(), &response);
      break;
    case Request::kListServices:
      for (const std::string& service : services) {
        response.mutable_list_services_response()->add_service()->set_name(service);
      }
      break;
    case Request::MESSAGE_REQUEST_NOT_SET:
      response.mutable_error_response()->set_error_code(grpc::StatusCode::INVALID_ARGUMENT);
      response.mutable_error_response()->set_error_message("the request asks for nothing");
      break;
  }
  return response;
}

// Answers requests one at a time, in order.
template <typename Version>
class ReflectionStream final
    : public grpc::ServerBidiReactor<typename Version::Request, typename Version::Response> {
 public:
  explicit ReflectionStream(const std::vector<std::string>& services) : services_(services) {
    this->StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::OK);
    response_ = Answer<Version>(services_, request_);
    this->StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::CANCELLED);
    this->StartRead(&request_);
  }
  void OnDone() override { delete this; }

 private:
  const std::vector<std::string>& services_;
  typename Version::Request request_;
  typename Version::Response response_;
};

template <typename Version>
class ReflectionService final : public Version::Service {
 public:
  explicit ReflectionService(std::vector<std::string> services) : services_(std::move(services)) {}

  grpc::ServerBidiReactor<typename Version::Request, typename Version::Response>* ServerReflectionInfo(
      grpc::CallbackServerContext*) override {
    return new ReflectionStream<Version>(services_);
  }

 private:
  const std::vector<std::string> services_;
};

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeReflectionServices(const std::vector<std::string>& services) {
  std::vector<std::unique_ptr<grpc::Service>> versions;
  versions.push_back(std::make_unique<ReflectionService<V1>>(services));
  versions.push_back(std::make_unique<ReflectionService<V1Alpha>>(services));
  return versions;
}

}  // namespace firstmile::rpc
