// The subjects of token records, and the store key of each.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>

#include "subjects/subject.h"

namespace firstmile::tokens {

using subjects::Merchant;
using subjects::NameOf;
using subjects::ParameterOf;
using subjects::Shop;
using subjects::Subject;
using subjects::SubjectKind;

// The store key of the subject's record, such as "merchant/00000000000001000001"; keys sort by id.
std::string KeyOf(Subject subject);

}  // namespace firstmile::tokens
