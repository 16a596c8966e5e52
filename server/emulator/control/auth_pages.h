// The control API's pages that show tokens and act as seller or console. Thread safe.
#pragma once

#include "emulator/engine/engine.h"
#include "emulator/http/message.h"

namespace emulator::control {

http::Answer ListTokens(engine::Engine& engine);
// {shop_id | main_account_id, days?}: consents without a browser; answers the code.
http::Answer Authorize(engine::Engine& engine, const http::Request& request);
// {shop_id | main_account_id}: acts as the console's resend button; answers the resend code.
http::Answer IssueResendCode(engine::Engine& engine, const http::Request& request);
// {shop_id | merchant_id, what: access_token | refresh_token | authorization}: ends it now.
http::Answer ExpireNow(engine::Engine& engine, const http::Request& request);

}  // namespace emulator::control
