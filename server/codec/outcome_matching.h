// Matches the rows of a batch's answer with the elements of its request.
//
// A pure function; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace firstmile::codec {

// The names of an element or a row; case is ignored. An empty key matches every key.
using ElementKeys = std::vector<std::string>;

enum class RowEnd {
  kDone,
  kFailed,
  kOutcomeUnknown,  // failed from an outage of Shopee: may have taken effect
};

struct OutcomeRow {
  ElementKeys keys;
  RowEnd end = RowEnd::kDone;
};

struct OutcomeMatch {
  static constexpr std::size_t kNoRow = static_cast<std::size_t>(-1);

  // One for each element. `row` is its row; kNoRow: none, or ambiguous. Elements with equal keys share a row.
  struct Element {
    std::size_t row = kNoRow;
    std::size_t hint = kNoRow;  // without a row: a failed row that may belong to it
  };
  std::vector<Element> elements;

  // Rows that belong to no element, such as a second package of an order.
  std::vector<std::size_t> others;
};

// Matches by equal keys first, then by the keys that both sides have, then by elimination: remaining rows and
// elements that agree are paired when any pairing gives the same result. A row without keys agrees with every
// element. Rows that contradict each other match nothing.
OutcomeMatch MatchOutcomes(const std::vector<ElementKeys>& elements, const std::vector<OutcomeRow>& rows);

}  // namespace firstmile::codec
