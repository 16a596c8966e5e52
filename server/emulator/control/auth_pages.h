// The pages of the control API that show tokens and act as seller or console. Thread safe.
#pragma once

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

http::Answer ListTokens(engine::Engine& engine);
// {shop_id | main_account_id, days?}: consent without a browser; answers the code.
http::Answer GiveAuthorization(engine::Engine& engine, const http::Request& request);
// {shop_id | main_account_id}: what the console's button does; answers the resend code.
http::Answer SendCodeAgain(engine::Engine& engine, const http::Request& request);
// {shop_id | merchant_id, what: access_token | refresh_token | authorization}: it has expired just now.
http::Answer ExpireNow(engine::Engine& engine, const http::Request& request);

}  // namespace emulator::control
