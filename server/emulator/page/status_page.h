// The page at /_emulator/ui that shows the emulator's state in a browser. Thread safe.
#pragma once

#include "emulator/http/message.h"

namespace emulator::page {

http::Answer StatusPage();
http::Answer RedirectToStatusPage();

}  // namespace emulator::page
