#include "emulator/auth/consent_page.h"

#include <absl/strings/str_cat.h>

#include "emulator/auth/redirect.h"

namespace emulator::auth {
namespace {

constexpr char kHead[] = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>shopee-emulator: authorization</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f4f4f2; color: #222; }
main { max-width: 30rem; margin: 4rem auto; padding: 2rem; background: #fff; border-radius: 12px;
       box-shadow: 0 2px 12px #0002; }
h1 { font-size: 1.3rem; margin-top: 0; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
select, input { width: 100%; box-sizing: border-box; font: inherit; padding: .4rem; }
button { margin-top: 1.5rem; width: 100%; padding: .7rem; border: 0; border-radius: 8px; font: inherit;
         font-weight: 600; color: #fff; background: #c2410c; cursor: pointer; }
.note { color: #666; font-size: .85rem; overflow-wrap: anywhere; }
</style>
</head>
<body><main>
)";
constexpr char kFoot[] = "</main></body>\n</html>\n";

void AppendOption(std::string& html, std::string_view value, std::string_view text) {
  absl::StrAppend(&html, "<option value=\"", HtmlEscape(value), "\">", HtmlEscape(text), "</option>\n");
}

void AppendMainAccounts(std::string& html, const Accounts& accounts) {
  absl::StrAppend(&html, "<optgroup label=\"Main accounts\">\n");
  for (const auto& [id, account] : accounts.main_accounts()) {
    std::size_t shops = 0;
    for (const int64_t merchant : account.merchants) shops += accounts.FindMerchant(merchant)->shops.size();
    if (shops == 0) continue;
    AppendOption(html, absl::StrCat("main_account:", id),
                 absl::StrCat("Main account ", id, " (", shops, " shops)"));
  }
  absl::StrAppend(&html, "</optgroup>\n");
}

void AppendShops(std::string& html, World& world) {
  absl::StrAppend(&html, "<optgroup label=\"Shops\">\n");
  for (const int64_t id : world.ShopIds()) {
    const Shop& shop = *world.FindShop(id);
    AppendOption(html, absl::StrCat("shop:", id),
                 absl::StrCat(shop.name, shop.banned   ? " (banned)"
                                         : shop.linked ? ""
                                                       : " (not linked)"));
  }
  absl::StrAppend(&html, "</optgroup>\n");
}

void AppendForm(std::string& html, const ConsentPage& page, World& world) {
  absl::StrAppend(&html, "<form method=\"post\" action=\"", HtmlEscape(page.action), "\">\n");
  for (const auto& [name, value] : page.carried) {
    absl::StrAppend(&html, "<input type=\"hidden\" name=\"", name, "\" value=\"", HtmlEscape(value), "\">\n");
  }
  absl::StrAppend(&html, "<label for=\"account\">Log in as</label>\n",
                  "<select id=\"account\" name=\"account\" required>\n");
  AppendShops(html, world);
  AppendMainAccounts(html, world.accounts());
  absl::StrAppend(&html, "</select>\n");
  if (page.purpose == ConsentPage::Purpose::kGrant) {
    absl::StrAppend(&html, "<label for=\"days\">Days of access</label>\n",
                    "<input id=\"days\" name=\"days\" type=\"number\" min=\"1\" max=\"",
                    kMaxAuthorizationDays, "\" value=\"", kMaxAuthorizationDays, "\" required>\n",
                    "<button type=\"submit\">Confirm authorization</button>\n");
  } else {
    absl::StrAppend(&html, "<button type=\"submit\">Cancel authorization</button>\n");
  }
  absl::StrAppend(&html, "</form>\n");
}

}  // namespace

std::string RenderPage(const ConsentPage& page, World& world) {
  const bool grants = page.purpose == ConsentPage::Purpose::kGrant;
  std::string html = kHead;
  absl::StrAppend(&html, "<h1>", grants ? "Give partner " : "End the access of partner ",
                  HtmlEscape(page.partner_id), grants ? " access to your shops</h1>\n" : "</h1>\n");
  AppendForm(html, page, world);
  absl::StrAppend(&html, "<p class=\"note\">This is shopee-emulator, which needs no password. It will ",
                  "redirect you to ", HtmlEscape(page.redirect), "</p>\n", kFoot);
  return html;
}

}  // namespace emulator::auth
