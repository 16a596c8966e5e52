// What the program is and what it runs on. A pure function; safe from any thread.
#pragma once

#include <string>

namespace firstmile::app {

// One line: this version, and those of the libraries whose faults become ours, as they are loaded:
// "firstmiled 0.1.0 (gRPC 1.51.1, Protobuf 3.21.12, libcurl 7.88.1, OpenSSL 3.0.17)".
std::string VersionText();

}  // namespace firstmile::app
