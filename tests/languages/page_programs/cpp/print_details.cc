// Runs the code of the page of the C++ package.
#include <grpcpp/grpcpp.h>

#include <iostream>

#include "firstmile/calls.h"
#include "firstmile/errors.h"
#include "firstmile/v1/first_mile_service.grpc.pb.h"

int main() {
  // PAGE
}
