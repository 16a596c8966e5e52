// Secrets in the texts of a decoded answer, which a platform may repeat there.
//
// Pure function; safe from any thread.
#pragma once

#include "google/protobuf/message.h"
#include "secrets/mask.h"

namespace firstmile::codec {

// Masks in every text of `message`, keys of maps included.
void MaskMessage(const secrets::Mask& mask, google::protobuf::Message* message);

}  // namespace firstmile::codec
