// Undoes what web pages, logs and line breaks do to copied URLs.
//
// Pure functions; safe from any thread. Part of the signature diagnosis.
#pragma once

#include <vector>

#include "signing/signature_diagnosis.h"

namespace firstmile::signing {

struct CopiedUrl {
  SignedUrl url;                  // before the changes
  std::vector<Finding> findings;  // what was undone, all proven; empty: nothing
};

// Undoes entities at the beginning of a parameter's name (&timestamp shown as ×tamp), escaped ampersands
// (&amp;, \u0026), and blanks that no URL contains.
CopiedUrl Uncopied(const SignedUrl& url);

// All texts that Uncopied can return, for the list in README.md.
std::vector<const FindingText*> AllCopyFindingTexts();

}  // namespace firstmile::signing
