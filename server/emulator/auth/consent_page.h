// The pages on which a seller allows or ends a partner's access: one form, no script.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "emulator/world/world.h"

namespace emulator::auth {

struct ConsentPage {
  enum class Purpose { kGrant, kCancel };
  Purpose purpose = Purpose::kGrant;
  std::string partner_id;
  std::string redirect;
  std::string action;                                        // URL that the form is sent to
  std::vector<std::pair<std::string, std::string>> carried;  // hidden fields of the form
};

std::string RenderPage(const ConsentPage& page, World& world);

}  // namespace emulator::auth
