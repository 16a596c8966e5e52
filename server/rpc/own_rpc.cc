#include "rpc/own_rpc.h"

#include <google/protobuf/descriptor.h>

namespace firstmile::rpc {

const OwnMessages::Compiled& OwnMessages::Get() const {
  return compiled_.Get([this] {
    return Compiled{.types = MethodMessages(method_),
                    .rules = endpoints::RequestRules::Compile(*method_.input_type()).value()};
  });
}

}  // namespace firstmile::rpc
