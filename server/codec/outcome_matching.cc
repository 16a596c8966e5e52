#include "codec/outcome_matching.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace firstmile::codec {
namespace {

using Indices = std::vector<std::size_t>;

bool AreSame(const ElementKeys& one, const ElementKeys& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const std::string& a, const std::string& b) { return absl::EqualsIgnoreCase(a, b); });
}

bool IsNameless(const ElementKeys& keys) {
  return std::all_of(keys.begin(), keys.end(), [](const std::string& key) { return key.empty(); });
}

// True when no keys differ and one is equal, or when one side has no key at all.
bool Agree(const ElementKeys& one, const ElementKeys& other) {
  bool agree = IsNameless(one) || IsNameless(other);
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (one[i].empty() || other[i].empty()) continue;
    if (!absl::EqualsIgnoreCase(one[i], other[i])) return false;
    agree = true;
  }
  return agree;
}

bool IsComplete(const ElementKeys& keys) {
  return std::none_of(keys.begin(), keys.end(), [](const std::string& key) { return key.empty(); });
}

class Matcher {
 public:
  Matcher(const std::vector<ElementKeys>& elements, const std::vector<OutcomeRow>& rows)
      : elements_(elements), rows_(rows), open_element_(elements.size(), true), open_row_(rows.size(), true) {
    match_.elements.resize(elements.size());
  }

  OutcomeMatch Match() && {
    MatchEqualKeys();
    while (MatchUnambiguous()) {
    }
    for (std::size_t element = 0; element < elements_.size(); ++element) {
      if (open_element_[element]) MatchGroupOf(element);
    }
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (open_row_[row]) match_.others.push_back(row);
    }
    return std::move(match_);
  }

 private:
  // The unmatched elements that agree with `keys`.
  Indices OpenElements(const ElementKeys& keys) const {
    Indices found;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      if (open_element_[i] && Agree(elements_[i], keys)) found.push_back(i);
    }
    return found;
  }
  Indices OpenRows(const ElementKeys& keys) const {
    Indices found;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (open_row_[i] && Agree(rows_[i].keys, keys)) found.push_back(i);
    }
    return found;
  }

  Indices RowsNamed(const ElementKeys& keys) const {
    Indices found;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (open_row_[i] && AreSame(rows_[i].keys, keys)) found.push_back(i);
    }
    return found;
  }

  bool EndAlike(const Indices& rows) const {
    return std::all_of(rows.begin(), rows.end(),
                       [&](std::size_t row) { return rows_[row].end == rows_[rows.front()].end; });
  }

  void Assign(std::size_t element, std::size_t row) {
    match_.elements[element].row = row;
    open_element_[element] = false;
    open_row_[row] = false;
  }

  // It is ambiguous which of `rows` belongs to which of `elements`.
  void LeaveOpen(const Indices& elements, const Indices& rows) {
    const auto failure =
        std::find_if(rows.begin(), rows.end(), [&](auto row) { return rows_[row].end != RowEnd::kDone; });
    for (const std::size_t element : elements) {
      if (failure != rows.end()) match_.elements[element].hint = *failure;
      open_element_[element] = false;
    }
    Close(rows);
  }

  void Close(const Indices& rows) {
    for (const std::size_t row : rows) open_row_[row] = false;
  }

  void MatchEqualKeys();
  bool MatchUnambiguous();
  void MatchGroupOf(std::size_t element);

  const std::vector<ElementKeys>& elements_;
  const std::vector<OutcomeRow>& rows_;
  std::vector<bool> open_element_;
  std::vector<bool> open_row_;
  OutcomeMatch match_;
};

// Matches elements and rows with equal keys. Further rows repeat the first ones, unless they lack a key: then
// they may belong to elements that have it.
void Matcher::MatchEqualKeys() {
  for (std::size_t element = 0; element < elements_.size(); ++element) {
    if (!open_element_[element]) continue;
    const ElementKeys& keys = elements_[element];
    const Indices matching = RowsNamed(keys);
    if (matching.empty()) continue;
    Indices same;
    for (std::size_t i = element; i < elements_.size(); ++i) {
      if (AreSame(elements_[i], keys)) same.push_back(i);
    }
    const bool one_each = matching.size() == same.size();
    if (one_each || EndAlike(matching)) {
      for (std::size_t i = 0; i < same.size(); ++i)
        Assign(same[i], matching[std::min(i, matching.size() - 1)]);
      if (IsComplete(keys)) Close(matching);
    } else if (IsComplete(keys)) {
      LeaveOpen(same, matching);
    }
  }
}

// Matches rows and elements that agree only with each other. Returns whether there were any.
bool Matcher::MatchUnambiguous() {
  bool found = false;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (!open_row_[row]) continue;
    const Indices elements = OpenElements(rows_[row].keys);
    if (elements.size() != 1 || OpenRows(elements_[elements.front()]).size() != 1) continue;
    Assign(elements.front(), row);
    found = true;
  }
  return found;
}

void Matcher::MatchGroupOf(std::size_t element) {
  const Indices rows = OpenRows(elements_[element]);
  if (rows.empty()) return;
  const Indices elements = OpenElements(rows_[rows.front()].keys);
  // Several rows of one element are about several packages, unless they have equal keys.
  const Indices matching = elements.size() == 1 ? RowsNamed(rows_[rows.front()].keys) : rows;
  if (matching.size() < elements.size() || !EndAlike(matching)) return LeaveOpen(elements, matching);
  for (std::size_t i = 0; i < elements.size(); ++i) Assign(elements[i], matching[i]);
  if (!IsComplete(rows_[matching.front()].keys)) Close(matching);
}

}  // namespace

OutcomeMatch MatchOutcomes(const std::vector<ElementKeys>& elements, const std::vector<OutcomeRow>& rows) {
  return Matcher(elements, rows).Match();
}

}  // namespace firstmile::codec
