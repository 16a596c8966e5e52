// The order lists of the document calls: reading them and finding the packages. Codes are those of the
// logistics module. Not thread safe, like the world.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/call.h"
#include "emulator/api/params.h"

namespace emulator::api {

struct DocumentElement {
  std::string order_sn;
  std::string package_number;   // as sent
  std::string tracking_number;  // as sent
  std::string type;
  Row package = kNoRow;
  std::string error;  // "": nothing is wrong so far
  std::string message;

  bool ok() const { return error.empty(); }
  void Fail(std::string_view code, std::string_view text);
};

inline constexpr std::string_view kDefaultDocumentType = "NORMAL_AIR_WAYBILL";

bool IsDocumentType(std::string_view type);

// Elements whose package was not found have failed. A type that an element does not name is `type`.
std::vector<DocumentElement> ReadDocumentList(const Call& call, std::string_view type, Problem& problem);

// Fails the element when nobody created its document with this type.
const Document* FindDocument(const Call& call, DocumentElement& element);

// order_sn and package_number; the error when it failed.
boost::json::object DescribeElement(const Call& call, const DocumentElement& element);

// The envelope of a batch: result_list, warning for what failed, the all-failed code.
Reply DescribeBatch(const Call& call, const std::vector<DocumentElement>& elements,
                    boost::json::array result_list);

}  // namespace emulator::api
