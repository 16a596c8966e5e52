// Extracts a key or token from text as editors, shells and dotenv files write it.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>

#include "secrets/secret.h"

namespace firstmile::secrets {

struct KeyText {
  Secret key;

  // What surrounded the key, for people: "a byte-order mark and quotes around the key". Empty: nothing. Never
  // quotes the text.
  std::string oddities;
};

// Removes what no Shopee key contains: UTF-16, a byte-order mark, invisible characters at the ends, comment
// lines, `NAME=` with or without `export`, and quotes. A text without these is unchanged. Of several lines,
// takes the one that assigns a name with PARTNER_KEY; without one, keeps them all.
KeyText CleanKey(const Secret& text);

}  // namespace firstmile::secrets
