// Reads the order lists of the document calls and finds the packages. Error codes are those of the logistics
// module. Not thread safe, like the world.
#pragma once

#include <array>
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
  std::string error;  // "" while no error was found
  std::string message;

  bool ok() const { return error.empty(); }
  void Fail(std::string_view code, std::string_view text);
};

inline constexpr std::string_view kDefaultDocumentType = "NORMAL_AIR_WAYBILL";

// The kinds of documents of every package and booking here; the first one is suggested.
inline constexpr std::array<std::string_view, 2> kSelectableTypes = {kDefaultDocumentType,
                                                                     "THERMAL_AIR_WAYBILL"};

bool IsSelectableType(std::string_view type);

// The codes of an element whose package is not found; each operation documents others.
struct LookupErrors {
  std::string_view unknown_order;
  std::string_view unknown_package;
  std::string_view number_needed;  // the order is split
  bool of_bookings_too = false;    // also packages that were sent as bookings
};
inline constexpr std::string_view kBookingOrder =
    "This order is matched order with booking, don't need arrange shipment through seller side.";
inline constexpr std::string_view kOrderNotExist = "logistics.order_not_exist";
inline constexpr std::string_view kPackageNotFound = "logistics.package_number_not_found";
inline constexpr std::string_view kPackageNumberNeeded = "logistics.package_number_not_exist";

// Elements whose package is unknown are failed. `type` applies to elements that name none.
std::vector<DocumentElement> ReadDocumentList(const Call& call, std::string_view type,
                                              const LookupErrors& errors, Problem& problem);

// Fails the element if no document of its type was created.
const Document* FindDocument(const Call& call, DocumentElement& element);

// order_sn and package_number; the error if it failed.
boost::json::object DescribeElement(const Call& call, const DocumentElement& element);

// The answer of a batch: result_list, a warning for failed elements, the all-failed code.
Reply DescribeBatch(const Call& call, const std::vector<DocumentElement>& elements,
                    boost::json::array result_list);

}  // namespace emulator::api
