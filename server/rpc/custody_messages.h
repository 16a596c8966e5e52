// Custody's records and refusals as messages of the contract.
//
// Pure functions; safe from any thread. None of them gives a token out.
#pragma once

#include "firstmile/v1/auth_tokens.pb.h"
#include "tokens/custody_events.h"

namespace firstmile::rpc {

v1::CustodyState StateOf(const tokens::TokenRecord& record);
void FillShop(const tokens::TokenRecord& record, v1::ShopCustody* shop);
v1::CustodyEvent EventOf(tokens::Transition transition);
void SetTime(absl::Time time, google::protobuf::Timestamp* out);

}  // namespace firstmile::rpc
