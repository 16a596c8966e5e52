// Every operation that Shopee documents is served: documented_operations.txt says by which rpc.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "contract/services.h"
#include "firstmile/mapping/options.pb.h"

namespace firstmile::testing {
namespace {

using firstmile::mapping::UpstreamCall;
using google::protobuf::MethodDescriptor;

struct Operation {
  std::string verb;
  std::string path;
  std::string by;   // "rpc": mapped by its options; "own": by the sidecar's own code
  std::string rpc;  // FirstMileService/GetDetail
  std::string reason;
};

std::vector<Operation> ReadOperations() {
  std::ifstream file(absl::StrCat(FIRSTMILE_CONTRACT_DIR, "/documented_operations.txt"));
  std::vector<Operation> operations;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || absl::StartsWith(line, "#")) continue;
    std::istringstream words(line);
    Operation operation;
    words >> operation.verb >> operation.path >> operation.by >> operation.rpc >> std::ws;
    std::getline(words, operation.reason);
    operations.push_back(operation);
  }
  return operations;
}

const MethodDescriptor* FindRpc(const std::string& name) {
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrCat("firstmile.v1.", absl::StrReplaceAll(name, {{"/", "."}})));
}

std::string EndpointOf(const MethodDescriptor& method) {
  const UpstreamCall& call = method.options().GetExtension(firstmile::mapping::upstream);
  return call.has_get() ? absl::StrCat("GET ", call.get()) : absl::StrCat("POST ", call.post());
}

TEST(Operations, EachHasTheRpcThatTheTableNames) {
  for (const Operation& operation : ReadOperations()) {
    const MethodDescriptor* rpc = FindRpc(operation.rpc);
    if (rpc == nullptr) {
      ADD_FAILURE() << operation.verb << " " << operation.path << " has no rpc " << operation.rpc;
      continue;
    }
    const bool mapped = rpc->options().HasExtension(firstmile::mapping::upstream);
    EXPECT_EQ(mapped, operation.by == "rpc") << operation.rpc;
    EXPECT_EQ(operation.reason.empty(), operation.by == "rpc") << operation.rpc;
    if (mapped) EXPECT_EQ(EndpointOf(*rpc), absl::StrCat(operation.verb, " ", operation.path));
  }
}

TEST(Operations, EveryMappedRpcIsInTheTableOnce) {
  std::multiset<std::string> documented;
  for (const Operation& operation : ReadOperations()) {
    if (operation.by == "rpc") documented.insert(operation.rpc);
  }
  for (const MethodDescriptor* method : UnaryMethods()) {
    const std::string name = absl::StrCat(method->service()->name(), "/", method->name());
    EXPECT_EQ(documented.count(name), 1U) << name << " is missing in documented_operations.txt";
  }
}

TEST(Operations, AreAllOfTheDocumentation) {
  std::set<std::string> endpoints;
  for (const Operation& operation : ReadOperations())
    endpoints.insert(absl::StrCat(operation.verb, " ", operation.path));
  EXPECT_EQ(endpoints.size(), 75U);
}

}  // namespace
}  // namespace firstmile::testing
