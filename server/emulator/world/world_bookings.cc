// Bookings of a World.
#include <utility>

#include "emulator/world/world.h"

namespace emulator {

void World::AddBooking(Booking booking) {
  if (booking.update_time == 0) booking.update_time = booking.create_time;
  const Row row = static_cast<Row>(bookings_.size());
  bookings_.push_back(std::move(booking));
  booking_by_sn_.emplace(bookings_.back().sn, row);
}

Row World::RowOfBooking(std::string_view sn) const {
  const auto it = booking_by_sn_.find(sn);
  return it == booking_by_sn_.end() ? kNoRow : it->second;
}

const Booking* World::FindBooking(std::string_view sn) const {
  const Row row = RowOfBooking(sn);
  return row == kNoRow ? nullptr : &bookings_[row];
}

void World::SetBookingStatus(Row row, BookingStatus status, int64_t at) {
  Booking& booking = bookings_[row];
  const bool changed = booking.status != status;
  booking.status = status;
  booking.update_time = at;
  if (changed && observer_ != nullptr) observer_->OnBookingStatus(booking);
}

void World::SetBookingNumber(Row row, std::string number, int64_t at) {
  Booking& booking = bookings_[row];
  const bool changed = booking.tracking_number != number;
  booking.tracking_number = std::move(number);
  booking.update_time = at;
  if (changed && observer_ != nullptr) observer_->OnBookingNumber(booking, at);
}

}  // namespace emulator
