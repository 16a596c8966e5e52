// Moves bookings: a shipped one gets its number, is collected, and is matched with an order, which the
// booking makes. Not thread safe, like the world.
#pragma once

#include <string_view>

#include "emulator/time/schedule.h"
#include "emulator/world/booking.h"

namespace emulator {

class World;

void ShipBooking(World& world, Row booking);

// Starts printing, unless the same document exists or is being printed.
void PrintBookingDocument(World& world, Row booking, std::string_view type);

// Runs an event of a booking.
void MoveBooking(World& world, const time::Event& event);

}  // namespace emulator
