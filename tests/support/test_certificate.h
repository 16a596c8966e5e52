// A certificate of an untrusted authority whose key was not kept; valid in January 2020.
#pragma once

namespace firstmile::testing {

inline constexpr char kCertificateOfJanuary2020[] = R"(-----BEGIN CERTIFICATE-----
MIIBGTCBwaADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEphbnVhcnkg
MjAyMDAeFw0yMDAxMDEwMDAwMDBaFw0yMDAyMDEwMDAwMDBaMBcxFTATBgNVBAMM
DEphbnVhcnkgMjAyMDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGbJDHq57IH/
dLUm5f58UMN1ekzpyM/RhR9Rj1dioxx9y3kvh/7wmojz7LVIP5RTT29rOfQdGOh/
+XEMvQ4eg9AwCgYIKoZIzj0EAwIDRwAwRAIgMR3W7IpnlpJi4CJdNhumgMgtENCm
IkQ6s4hM9kOxUKMCIE3SUYkxaxBc+vOhYHA4KWHE+WXYtA9xB6GeRAoCh1wg
-----END CERTIFICATE-----
)";

}  // namespace firstmile::testing
