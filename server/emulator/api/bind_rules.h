// The rules for binding packages to first-mile numbers. Shared by the classic and the courier calls.
#pragma once

#include <vector>

#include "emulator/api/order_batch.h"

namespace emulator::api {

// Fails the outcomes that cannot be bound. `number` is null if it does not exist yet. If `warehouse` is null,
// it is set to that of the first bindable package.
void CheckBindable(const World& world, const FirstMileNumber* number, const Warehouse*& warehouse,
                   std::vector<Outcome>& outcomes);

// Binds the packages of all outcomes without an error to the number.
void BindAll(World& world, Row number, const std::vector<Outcome>& outcomes);

// "" if the number's state allows bind or unbind; otherwise the documented text of firstmile.error.
std::string_view BindRefusal(const FirstMileNumber& number);
std::string_view UnbindRefusal(const FirstMileNumber& number);

}  // namespace emulator::api
