// One JSON object of a seed file or of the control API, read strictly.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace emulator::world {

// Names the entry, the member and the rule that it breaks.
struct WrongEntry : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Refers to the value, which must outlive it. Every function throws WrongEntry.
class JsonEntry {
 public:
  JsonEntry(const boost::json::value& value, std::string name);

  void AllowOnly(std::initializer_list<std::string_view> members) const;
  const std::string& name() const { return name_; }
  const boost::json::object& object() const { return *object_; }
  [[noreturn]] void Refuse(std::string_view member, std::string_view rule) const;

  std::string Text(std::string_view member, std::string_view otherwise) const;
  // Without `otherwise` it is required.
  int64_t Integer(std::string_view member, int64_t least, int64_t most,
                  std::optional<int64_t> otherwise) const;
  bool Flag(std::string_view member, bool otherwise) const;
  const boost::json::array& List(std::string_view member) const;  // empty if missing

 private:
  std::string name_;
  const boost::json::object* object_ = nullptr;
};

}  // namespace emulator::world
