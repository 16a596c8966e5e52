// May this package go onto that first-mile number? Shared by the classic and the courier calls.
#pragma once

#include <vector>

#include "emulator/api/order_batch.h"

namespace emulator::api {

// Fails the outcomes that may not be bound. `number` may be null: it does not exist yet. `warehouse` may be
// null: then the first package that may be bound decides, and its warehouse is left there.
void CheckBindable(const World& world, const FirstMileNumber* number, const Warehouse*& warehouse,
                   std::vector<Outcome>& outcomes);

// Moves the packages of all good outcomes onto the number.
void BindAll(World& world, Row number, const std::vector<Outcome>& outcomes);

// "" when orders may be added to, or taken off, a number of this state; otherwise a documented text of
// firstmile.error.
std::string_view BindRefusal(const FirstMileNumber& number);
std::string_view UnbindRefusal(const FirstMileNumber& number);

}  // namespace emulator::api
