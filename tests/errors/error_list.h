// Lists of errors with the reasons that they must get (documented_errors.txt).
#pragma once

#include <string>
#include <vector>

namespace firstmile::errors {

struct ListedError {
  std::string code;
  std::string text;
  std::string reason;
  std::string where;  // file and line
};

// Reads a list of this folder; a line that is none is a failure of the test.
std::vector<ListedError> ReadErrorList(const std::string& file);

// Both lists.
std::vector<ListedError> ListedErrors();

}  // namespace firstmile::errors
