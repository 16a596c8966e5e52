#include "endpoints/endpoint_table.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace firstmile::endpoints {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// The unary rpc that a stream repeats; null when the service has none of that name.
const MethodDescriptor* SourceOf(const MethodDescriptor& stream) {
  const std::string& name = stream.options().GetExtension(firstmile::mapping::upstream_stream).source();
  const MethodDescriptor* source = stream.service()->FindMethodByName(name);
  return source == nullptr || source->server_streaming() || source->client_streaming() ? nullptr : source;
}

absl::StatusOr<StreamEndpoint> CompileStream(const MethodDescriptor& method, const Endpoint& source_endpoint,
                                             const MethodDescriptor& source) {
  absl::StatusOr<StreamEndpoint> stream =
      StreamEndpoint::Compile(method, source_endpoint, *source.input_type(), *source.output_type());
  if (!stream.ok()) return DoesNotFit(method, stream.status().message());
  return stream;
}

}  // namespace

std::vector<const MethodDescriptor*> UpstreamMethods(const ServiceDescriptor& service) {
  std::vector<const MethodDescriptor*> methods;
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor* method = service.method(i);
    if (!method->options().GetExtension(firstmile::mapping::own)) methods.push_back(method);
  }
  return methods;
}

EndpointTable EndpointTable::CompiledAtFirstUse(Services services) {
  EndpointTable table;
  for (const ServiceDescriptor* service : services) {
    for (const MethodDescriptor* method : UpstreamMethods(*service)) table.Add(*method);
  }
  return table;
}

void EndpointTable::Add(const MethodDescriptor& method) {
  if (method.server_streaming()) {
    streams_.emplace(&method, std::make_unique<OnFirstUse<absl::StatusOr<StreamEndpoint>>>());
  } else {
    unary_.emplace(&method, std::make_unique<OnFirstUse<absl::StatusOr<Endpoint>>>());
    by_path_.emplace(PathOf(method), &method);
  }
  const std::string& package = method.file()->package();
  const std::string request = absl::StrCat(method.name(), "Request");
  by_request_name_[absl::StrCat(package, ".", request)].push_back(&method);
  by_request_name_[absl::StrCat(package, ".", method.service()->name(), request)].push_back(&method);
}

absl::StatusOr<EndpointTable> EndpointTable::Build(Services services) {
  EndpointTable table = CompiledAtFirstUse(services);
  if (absl::Status status = table.CompileAll(services); !status.ok()) return status;
  return table;
}

absl::Status EndpointTable::CompileAll(Services services) const {
  std::set<const Descriptor*> requests;
  for (const ServiceDescriptor* service : services) {
    for (const MethodDescriptor* method : UpstreamMethods(*service)) {
      if (method->client_streaming()) return DoesNotFit(*method, "a client stream has no REST call");
      absl::Status status =
          method->server_streaming() ? CompiledStream(*method).status() : CompiledUnary(*method).status();
      if (!status.ok()) return status;
      if (!requests.insert(method->input_type()).second) {
        return DoesNotFit(*method, "another rpc takes the same request");
      }
    }
  }
  return absl::OkStatus();
}

const absl::StatusOr<Endpoint>& EndpointTable::CompiledUnary(const MethodDescriptor& method) const {
  return unary_.at(&method)->Get([&method] { return Endpoint::Compile(method); });
}

const absl::StatusOr<StreamEndpoint>& EndpointTable::CompiledStream(const MethodDescriptor& method) const {
  return streams_.at(&method)->Get([this, &method]() -> absl::StatusOr<StreamEndpoint> {
    if (!method.options().HasExtension(firstmile::mapping::upstream_stream)) {
      return DoesNotFit(method, "no option (upstream_stream)");
    }
    const MethodDescriptor* source = SourceOf(method);
    if (source == nullptr) return DoesNotFit(method, "its source is no unary rpc of this service");
    const absl::StatusOr<Endpoint>& endpoint = CompiledUnary(*source);
    if (!endpoint.ok()) return endpoint.status();
    return CompileStream(method, *endpoint, *source);
  });
}

const Endpoint& EndpointTable::Unary(const MethodDescriptor& method) const {
  return CompiledUnary(method).value();
}

const StreamEndpoint& EndpointTable::Stream(const MethodDescriptor& method) const {
  return CompiledStream(method).value();
}

const MethodDescriptor* EndpointTable::MethodOf(const Descriptor& request) const {
  const auto found = by_request_name_.find(request.full_name());
  if (found == by_request_name_.end()) return nullptr;
  for (const MethodDescriptor* method : found->second) {
    if (method->input_type() == &request) return method;
  }
  return nullptr;
}

const Endpoint* EndpointTable::FindByRequest(const Descriptor* request) const {
  const MethodDescriptor* method = MethodOf(*request);
  return method == nullptr || !unary_.contains(method) ? nullptr : &Unary(*method);
}

const StreamEndpoint* EndpointTable::FindStreamByRequest(const Descriptor* request) const {
  const MethodDescriptor* method = MethodOf(*request);
  return method == nullptr || !streams_.contains(method) ? nullptr : &Stream(*method);
}

const Endpoint* EndpointTable::FindByPath(absl::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : &Unary(*found->second);
}

std::vector<std::string> EndpointTable::Paths() const {
  std::vector<std::string> paths;
  paths.reserve(by_path_.size());
  for (const auto& [path, method] : by_path_) paths.push_back(path);
  return paths;
}

std::vector<const Endpoint*> EndpointTable::endpoints() const {
  std::vector<const Endpoint*> all;
  all.reserve(unary_.size());
  for (const auto& [method, endpoint] : unary_) all.push_back(&Unary(*method));
  std::sort(all.begin(), all.end(),
            [](const Endpoint* one, const Endpoint* other) { return one->operation < other->operation; });
  return all;
}

}  // namespace firstmile::endpoints
