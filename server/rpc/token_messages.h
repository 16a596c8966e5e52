// Converts token records and refusals to messages of the contract.
//
// Pure functions; safe from any thread. None of them reveals a token.
#pragma once

#include "firstmile/v1/auth_tokens.pb.h"
#include "tokens/token_events.h"

namespace firstmile::rpc {

inline constexpr int kListedShopsDefault = 100;

// The shop or merchant of a checked request.
tokens::Subject SubjectOf(const v1::Subject& subject);

v1::TokenState StateOf(const tokens::TokenRecord& record);
void FillSubject(tokens::Subject subject, v1::Subject* out);
void FillShop(const tokens::TokenRecord& record, v1::ShopTokenStatus* shop);
v1::TokenEvent EventOf(tokens::TokenEvent event);
void SetTime(absl::Time time, google::protobuf::Timestamp* out);

}  // namespace firstmile::rpc
