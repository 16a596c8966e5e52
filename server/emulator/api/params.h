// Reads the fields of a call. A Problem keeps the first error, so that a handler reads all fields and checks
// once.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/reply.h"
#include "emulator/http/message.h"
#include "emulator/world/entities.h"

namespace emulator::api {

class Problem {
 public:
  explicit operator bool() const { return !error_.empty(); }
  void Report(std::string_view error, std::string_view message);
  void WrongParameter(std::string_view detail);  // error_param, "Wrong parameters, detail: ..."
  Reply AsReply() const { return Failure(error_, message_); }

 private:
  std::string error_;
  std::string message_;
};

// The position after which a page starts; nullopt for the first page.
using Cursor = std::optional<uint64_t>;

class QueryFields {
 public:
  QueryFields(const http::Request& request, Problem& problem) : request_(request), problem_(problem) {}

  std::string Required(std::string_view name) const;
  std::string Optional(std::string_view name) const;
  // Comma-joined as documented, or a key repeated as some clients do, or both; without empty elements.
  std::vector<std::string> RequiredList(std::string_view name) const;
  std::vector<std::string> OptionalList(std::string_view name) const;
  int PageSize(int most) const;
  Cursor ReadCursor() const;

 private:
  const http::Request& request_;
  Problem& problem_;
};

class BodyFields {
 public:
  BodyFields(const boost::json::object& body, Problem& problem, std::string_view prefix = "")
      : body_(body), problem_(problem), prefix_(prefix) {}

  bool Has(std::string_view name) const { return body_.contains(name); }  // also if it is null
  bool HasValue(std::string_view name) const { return Find(name) != nullptr; }
  std::string Required(std::string_view name) const;
  std::string Optional(std::string_view name) const;  // "" if missing or null
  std::optional<int64_t> RequiredInt(std::string_view name) const;
  std::optional<int64_t> OptionalInt(std::string_view name) const;
  void OptionalNumber(std::string_view name) const;
  // Null if a problem was reported. Requires 1 to `most` elements.
  const boost::json::array* RequiredArray(std::string_view name, std::size_t most) const;
  const boost::json::object* RequiredObject(std::string_view name) const;
  // A list of 1 to `most` objects; empty if a problem was reported.
  std::vector<const boost::json::object*> RequiredObjects(std::string_view name, std::size_t most) const;
  // nullopt if missing or null; may be empty.
  std::optional<std::vector<int64_t>> OptionalInts(std::string_view name, std::size_t most) const;
  std::vector<std::string> RequiredStrings(std::string_view name, std::size_t most) const;
  int PageSize(int most) const;
  Cursor ReadCursor() const;

 private:
  const boost::json::value* Find(std::string_view name) const;  // a null pointer also for JSON null
  std::string FullName(std::string_view name) const { return std::string(prefix_).append(name); }

  const boost::json::object& body_;
  Problem& problem_;
  std::string_view prefix_;
};

inline constexpr int kDefaultPageSize = 10;

std::optional<int64_t> ParseInteger(std::string_view text);
std::vector<std::string> SplitCommas(std::string_view text);  // without empty parts

// A cursor is the list key of the previous page's last row, as one decimal number.
ListKey KeyOf(uint64_t cursor);
std::string CursorOf(ListKey key);

}  // namespace emulator::api
