// The pages on which a seller allows or ends a partner's access, used as a browser would.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "emulator/http/target.h"
#include "fixture.h"
#include "token_client.h"

namespace emulator_test {
namespace {

namespace json = boost::json;
namespace beast_http = boost::beast::http;

const std::string kSignedPage = "/api/v2/shop/auth_partner";
const std::string kSignedCancel = "/api/v2/shop/cancel_auth_partner";
const std::string kRedirect = "https://shop.example.com/back?from=shopee&x=1#end";

struct BrowserReply {
  int status = 0;
  std::string location;
  std::string body;
};

std::string Between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return "";
  const std::size_t from = begin + before.size();
  return text.substr(from, text.find(after, from) - from);
}

std::string Unescape(std::string text) {
  const std::pair<std::string, std::string> kEntities[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : kEntities) {
    for (std::size_t at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) {
      text.replace(at, entity.size(), character);
    }
  }
  return text;
}

// The action and the hidden fields of the page's form, as a browser reads them.
struct Form {
  std::string action;
  Params fields;

  explicit Form(const std::string& page) : action(Unescape(Between(page, "action=\"", "\""))) {
    const std::string hidden = "type=\"hidden\" name=\"";
    for (std::size_t at = page.find(hidden); at != std::string::npos; at = page.find(hidden, at + 1)) {
      const std::string rest = page.substr(at);
      fields.emplace_back(Between(rest, "name=\"", "\""), Unescape(Between(rest, "value=\"", "\"")));
    }
  }

  std::string Encoded() const {
    const std::string target = TargetOf("", fields);
    return target.empty() ? target : target.substr(1);
  }
};

class ConsentTest : public EmulatorTest {
 protected:
  ConsentTest() = default;
  explicit ConsentTest(emulator::Options options) : EmulatorTest(std::move(options)) {}

  PartnerCaller Partner() const { return {emulator_.port(), now_.load()}; }

  HttpReply OpenSigned(const std::string& path, const std::string& redirect) const {
    return Partner().GetRaw(path, {{"redirect", redirect}});
  }

  HttpReply OpenUnsigned(const std::string& redirect, const Params& more = {}) const {
    Params params = {{"partner_id", "2001887"},
                     {"auth_type", "seller"},
                     {"redirect_uri", redirect},
                     {"response_type", "code"}};
    params.insert(params.end(), more.begin(), more.end());
    return Connection(emulator_.port()).Send("GET", TargetOf("/auth", params));
  }

  BrowserReply Submit(Form form, const Params& chosen) const {
    form.fields.insert(form.fields.end(), chosen.begin(), chosen.end());
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), emulator_.port()});
    beast_http::request<beast_http::string_body> request(beast_http::verb::post, form.action, 11);
    request.set(beast_http::field::host, "emulator");
    request.set(beast_http::field::content_type, "application/x-www-form-urlencoded");
    request.body() = form.Encoded();
    request.prepare_payload();
    beast_http::write(socket, request);
    boost::beast::flat_buffer buffer;
    beast_http::response<beast_http::string_body> response;
    beast_http::read(socket, buffer, response);
    return {static_cast<int>(response.result_int()), std::string(response[beast_http::field::location]),
            response.body()};
  }

  // A parameter of the redirect URL.
  static std::string Parameter(const std::string& location, const std::string& name) {
    emulator::http::Request parsed;
    emulator::http::ParseTarget(location.substr(0, location.find('#')), parsed);
    const std::string* value = parsed.Find(name);
    return value == nullptr ? "" : *value;
  }
};

TEST_F(ConsentTest, AShopConsentsOnTheSignedPageAndTheCodeBecomesAPair) {
  const HttpReply page = OpenSigned(kSignedPage, kRedirect);
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("<button type=\"submit\">Confirm authorization</button>"), std::string::npos);
  const BrowserReply sent = Submit(Form(page.body), {{"account", "shop:600000"}, {"days", "365"}});
  ASSERT_EQ(sent.status, 302) << sent.body;
  const std::string code = Parameter(sent.location, "code");
  EXPECT_EQ(sent.location,
            "https://shop.example.com/back?from=shopee&x=1&code=" + code + "&shop_id=600000#end");
  EXPECT_EQ(Text(Partner().Redeem(code, "shop_id", kShop), "error"), "");
}

TEST_F(ConsentTest, AMainAccountConsentsOnTheUnsignedPageAndTheStateComesBack) {
  const std::string state = "a b&c=\"<d>'";
  const HttpReply page = OpenUnsigned("http://127.0.0.1:8080/callback", {{"state", state}});
  ASSERT_EQ(page.status, 200) << page.body;
  const BrowserReply sent = Submit(Form(page.body), {{"account", "main_account:500001"}, {"days", "30"}});
  ASSERT_EQ(sent.status, 302) << sent.body;
  EXPECT_EQ(Parameter(sent.location, "main_account_id"), "500001");
  EXPECT_EQ(Parameter(sent.location, "state"), state);
  const json::object pair =
      Partner().Redeem(Parameter(sent.location, "code"), "main_account_id", kCnMainAccount);
  EXPECT_EQ(Text(pair, "error"), "");
  const emulator::TokenState tokens = emulator_.ShopTokens(kShop);
  EXPECT_EQ(tokens.authorization_ends_at - tokens.authorized_at, 30 * 86400);
}

TEST_F(ConsentTest, APageOfAnotherOriginCannotSubmitTheForm) {
  const auto post = [this](const std::string& origin) {
    const std::string body = "account=shop%3A600000&redirect=https%3A%2F%2Fevil.example%2F";
    Connection connection(emulator_.port());
    connection.SendRaw("POST /cancel_auth/confirm?partner_id=2001887 HTTP/1.1\r\nHost: emulator\r\nOrigin: " +
                       origin + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
    return connection.Read();
  };
  const HttpReply refused = post("https://evil.example");
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("another origin"), std::string::npos) << refused.body;
  EXPECT_EQ(shop_.GetRaw(kFirstMile + "get_channel_list").status, 200) << "the shop is linked as before";
  EXPECT_EQ(post("http://emulator").status, 302);
}

TEST_F(ConsentTest, TheConsentPageForbidsFrames) {
  Connection connection(emulator_.port());
  connection.SendRaw("GET " +
                     TargetOf("/auth", {{"partner_id", "2001887"},
                                        {"auth_type", "seller"},
                                        {"redirect_uri", kRedirect},
                                        {"response_type", "code"}}) +
                     " HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(connection.ReadUntil("\r\n\r\n").find("Content-Security-Policy: frame-ancestors 'none'"),
            std::string::npos);
}

TEST_F(ConsentTest, ThePageOffersEveryShopAndMainAccount) {
  const std::string page = OpenUnsigned(kRedirect).body;
  for (const std::string value :
       {"shop:600000", "shop:600024", "shop:699903", "main_account:500001", "main_account:500002"}) {
    EXPECT_NE(page.find("<option value=\"" + value + "\">"), std::string::npos) << value;
  }
}

TEST_F(ConsentTest, ParametersOfTheLinkAreEscapedOnThePage) {
  const std::string page =
      OpenUnsigned("https://example.com/\"><script>alert(1)</script>", {{"state", "\"><img src=x>"}}).body;
  EXPECT_EQ(page.find("<script>"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_NE(page.find("&quot;&gt;&lt;script&gt;"), std::string::npos);
}

TEST_F(ConsentTest, OnlyWebUrlsAreRedirectTargets) {
  for (const std::string redirect : {"javascript:alert(1)", "ftp://example.com/", "//example.com", "https://",
                                     "https:///path", "https://example.com/\r\nSet-Cookie: a=b",
                                     "example.com", "https://exa mple.com", "data:text/html,x"}) {
    const HttpReply reply = OpenUnsigned(redirect);
    EXPECT_EQ(reply.status, 400) << redirect;
    EXPECT_EQ(Text(reply.Json(), "error"), "error_param") << redirect;
    EXPECT_EQ(OpenSigned(kSignedPage, redirect).status, 400) << redirect;
  }
}

TEST_F(ConsentTest, InvalidFormFieldsAreRefused) {
  Form form(OpenUnsigned(kRedirect).body);
  EXPECT_EQ(Submit(form, {{"account", "shop:5"}}).status, 400);
  EXPECT_EQ(Submit(form, {{"account", "nobody"}}).status, 400);
  EXPECT_EQ(Submit(form, {}).status, 400);
  EXPECT_EQ(Submit(form, {{"account", "shop:600000"}, {"days", "366"}}).status, 400);
  EXPECT_EQ(Submit(form, {{"account", "shop:600000"}, {"days", "0"}}).status, 400);
  EXPECT_EQ(Submit(form, {{"account", "shop:699902"}}).status, 403);  // banned
  form.fields = {{"redirect", "javascript:alert(1)"}};
  EXPECT_EQ(Submit(form, {{"account", "shop:600000"}}).status, 400);
  EXPECT_EQ(emulator_.ShopTokens(kShop).authorized_at, kNow - 30 * 86400);
}

TEST_F(ConsentTest, TheSignedPageRequiresAValidSign) {
  PartnerCaller wrong = Partner();
  wrong.key = "wrong";
  const json::object refused = wrong.Get(kSignedPage, {{"redirect", kRedirect}});
  EXPECT_EQ(Text(refused, "error"), "error_sign");
  EXPECT_EQ(Text(refused, "message"), "Wrong sign.");
}

TEST_F(ConsentTest, TheUnsignedPageRequiresItsParameters) {
  const Params all = {{"partner_id", "2001887"},
                      {"auth_type", "seller"},
                      {"redirect_uri", kRedirect},
                      {"response_type", "code"}};
  for (std::size_t left_out = 0; left_out < all.size(); ++left_out) {
    Params some = all;
    some.erase(some.begin() + static_cast<std::ptrdiff_t>(left_out));
    const HttpReply reply = Connection(emulator_.port()).Send("GET", TargetOf("/auth", some));
    EXPECT_EQ(Text(reply.Json(), "error"), "error_param") << all[left_out].first;
  }
  const Params params = {{"partner_id", "2001888"},
                         {"auth_type", "seller"},
                         {"redirect_uri", kRedirect},
                         {"response_type", "code"}};
  EXPECT_EQ(Text(Connection(emulator_.port()).Send("GET", TargetOf("/auth", params)).Json(), "message"),
            "Invalid partner_id.");
}

TEST_F(ConsentTest, CancellingOnTheSignedPageUnlinksTheShop) {
  const BrowserReply sent =
      Submit(Form(OpenSigned(kSignedCancel, kRedirect).body), {{"account", "shop:600000"}});
  EXPECT_EQ(sent.status, 302);
  EXPECT_EQ(sent.location, kRedirect);
  EXPECT_EQ(Text(shop_.Get(kShopInfo), "error"), "shop_no_linked");
  EXPECT_EQ(Text(Partner().Refresh(FirstRefreshToken(kShop), "shop_id", kShop), "error"), "shop_no_linked");
}

TEST_F(ConsentTest, ANewConsentAfterACancelDoesNotReviveOldTokens) {
  const Params cancel = {{"partner_id", "2001887"}, {"redirect_uri", kRedirect}};
  const HttpReply page = Connection(emulator_.port()).Send("GET", TargetOf("/cancel_auth", cancel));
  EXPECT_EQ(Submit(Form(page.body), {{"account", "main_account:500001"}}).status, 302);
  EXPECT_EQ(Text(shop_.Get(kShopInfo), "error"), "shop_no_linked");
  const std::string code = emulator_.AuthorizeShop(kShop);
  EXPECT_EQ(Text(shop_.Get(kShopInfo), "error"), "invalid_acceess_token");
  EXPECT_EQ(Text(Partner().Refresh(FirstRefreshToken(kShop), "shop_id", kShop), "error"),
            "error_shop_refresh_token");
  EXPECT_EQ(Text(Partner().Redeem(code, "shop_id", kShop), "error"), "");
}

emulator::Options OfOneDomain() {
  emulator::Options options;
  options.redirect_domain = "example.com";
  return options;
}

class RedirectDomainTest : public ConsentTest {
 protected:
  RedirectDomainTest() : ConsentTest(OfOneDomain()) {}
};

TEST_F(RedirectDomainTest, OnlyTheDeclaredDomainIsARedirectTarget) {
  EXPECT_EQ(OpenUnsigned("https://example.com/a").status, 200);
  EXPECT_EQ(OpenUnsigned("https://SHOP.example.com:8443/a").status, 200);
  for (const std::string redirect : {"https://example.com.evil.test/", "https://evilexample.com/",
                                     "https://example.com@evil.test/", "https://evil.test/example.com"}) {
    const HttpReply reply = OpenUnsigned(redirect);
    EXPECT_EQ(reply.status, 400) << redirect;
    const json::object body = reply.Json();
    EXPECT_EQ(body.at("code"), 1);
    EXPECT_EQ(
        Text(body, "msg"),
        "The domain of redirect_uri is not consistent with the Redirect URL Domain declared in console.");
  }
}

}  // namespace
}  // namespace emulator_test
