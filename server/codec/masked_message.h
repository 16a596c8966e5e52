// Masks secrets that Shopee may have repeated in a decoded answer.
//
// Pure function; safe from any thread.
#pragma once

#include "google/protobuf/message.h"
#include "secrets/mask.h"

namespace firstmile::codec {

// Masks in every text of `message`, including map keys.
void MaskMessage(const secrets::Mask& mask, google::protobuf::Message* message);

}  // namespace firstmile::codec
