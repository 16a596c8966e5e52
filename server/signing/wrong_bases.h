// Builds the wrong base strings; base_mistakes.cc describes each mistake.
//
// Pure functions; safe from any thread. Part of the signature diagnosis.
#pragma once

#include "signing/sign_mistakes.h"

namespace firstmile::signing::wrong_bases {

Secrets AsPublic(const SignCase& c);
Secrets AsShop(const SignCase& c);
Secrets AsMerchant(const SignCase& c);
Secrets HostIncluded(const SignCase& c);
Secrets PrefixMissing(const SignCase& c);
Secrets TrailingSlash(const SignCase& c);
Secrets QueryIncluded(const SignCase& c);
Secrets PathCase(const SignCase& c);
Secrets PathEncoded(const SignCase& c);
Secrets PathOfAnotherCall(const SignCase& c);
Secrets RedirectSigned(const SignCase& c);
Secrets TokenEncoded(const SignCase& c);
Secrets TokenSpaced(const SignCase& c);
Secrets RefreshTokenSigned(const SignCase& c);
Secrets ParametersSigned(const SignCase& c);
Secrets WholeQuerySigned(const SignCase& c);
Secrets BodySigned(const SignCase& c);
Secrets BodyMembersSigned(const SignCase& c);
Secrets OtherIdSigned(const SignCase& c);
Secrets IdMissing(const SignCase& c);
Secrets TokenMissing(const SignCase& c);
Secrets TokenAndIdSwapped(const SignCase& c);
Secrets OrderWrong(const SignCase& c);
Secrets PartsSeparated(const SignCase& c);
Secrets LiteralNull(const SignCase& c);
Secrets AnotherTime(const SignCase& c);
Secrets KeyInBase(const SignCase& c);

}  // namespace firstmile::signing::wrong_bases
