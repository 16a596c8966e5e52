// Shopee's documentation as tables: documented_fields.txt and documented_states.txt in this folder.
//
// Pure functions.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace firstmile::testing {

struct DocumentedField {
  std::string path;  // response.order_list[].order_sn
  std::string type;  // as documented: string, int64, object[], ...
};

struct DocumentedOperation {
  std::string rpc;  // FirstMileService/GetDetail
  std::string verb;
  std::string path;
  std::vector<DocumentedField> asked;
  std::vector<DocumentedField> answered;
};

// For the names of tests.
inline void PrintTo(const DocumentedOperation& operation, std::ostream* out) {
  *out << operation.rpc;
}

struct DocumentedStates {
  std::string rpc;
  std::string path;
  std::vector<std::string> texts;
};

std::vector<DocumentedOperation> ReadDocumentedOperations();
std::vector<DocumentedStates> ReadDocumentedStates();

}  // namespace firstmile::testing
