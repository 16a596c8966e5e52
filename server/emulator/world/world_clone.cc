#include "emulator/world/world.h"

namespace emulator {

std::unique_ptr<World> World::Clone() const {
  std::unique_ptr<World> copy(new World(*this));
  copy->observer_ = nullptr;
  copy->Reindex();
  return copy;
}

// The keys of a copied index would still point into the rows of the original.
void World::Reindex() {
  order_by_sn_.clear();
  package_by_number_.clear();
  number_by_code_.clear();
  number_by_binding_.clear();
  booking_by_sn_.clear();
  order_by_sn_.reserve(orders_.size());
  package_by_number_.reserve(packages_.size());
  for (Row row = 0; row < orders_.size(); ++row) order_by_sn_.emplace(orders_[row].sn, row);
  for (Row row = 0; row < packages_.size(); ++row) {
    if (!packages_[row].replaced) package_by_number_.emplace(packages_[row].number, row);
  }
  for (Row row = 0; row < numbers_.size(); ++row) IndexNumber(row);
  for (Row row = 0; row < bookings_.size(); ++row) booking_by_sn_.emplace(bookings_[row].sn, row);
}

void World::IndexNumber(Row row) {
  const FirstMileNumber& number = numbers_[row];
  if (number.binding_id.empty()) {
    number_by_code_.emplace(number.code, row);  // a binding is found by its id, not by its code
  } else {
    number_by_binding_.emplace(number.binding_id, row);
  }
}

}  // namespace emulator
