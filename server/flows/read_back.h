// Looks in the platform's state for what a write may have done.
//
// Functions for the loop of the shop.
#pragma once

#include <string>
#include <vector>

#include "flows/shop_reader.h"

namespace firstmile::flows {

struct Evidence {
  enum class Kind {
    kUnknown,    // the state cannot be read, or does not tell
    kNothing,    // no trace of the write
    kSomething,  // at least a part was done; the response is filled
  };
  Kind kind = Kind::kUnknown;
  std::vector<std::string> unused_numbers;  // of a generation: any of them may be its fruit
};

// Fills the response when it finds something. `response` is the write's, empty at the start.
using LookBack = async::Task<Evidence> (*)(ShopReader& reader, const google::protobuf::Message& request,
                                           google::protobuf::Message* response);

// Null for a request that is none of the contract's writes.
LookBack FindLookBack(const google::protobuf::Descriptor* request);

}  // namespace firstmile::flows
