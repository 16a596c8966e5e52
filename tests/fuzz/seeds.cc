// Writes the first inputs of every fuzz target into FOLDER/TARGET/, made from the golden cases and the
// targets' own parts, and the dictionary FOLDER/words.dict.
#include <google/protobuf/descriptor.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "codec/wire_options.h"
#include "emulator/api/routes.h"
#include "errors/vendor_codes.h"
#include "errors/vendor_codes_page.h"
#include "firstmile/config/v1/config.pb.h"
#include "fuzz/contract.h"
#include "fuzz/fuzz.h"
#include "fuzz/genuine_record.h"
#include "golden/golden_files.h"

namespace firstmile::fuzzing {
namespace {

namespace fs = std::filesystem;
using testing::GoldenCase;

// Escaped for dictionaries, which support only hexadecimal escapes.
std::string Escaped(absl::string_view word) {
  std::string escaped;
  for (const char c : word) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      escaped.push_back(c);
    } else {
      absl::StrAppend(&escaped, "\\x", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return escaped;
}

class Seeds {
 public:
  explicit Seeds(fs::path folder) : folder_(std::move(folder)) { fs::create_directories(folder_); }

  void Add(const std::string& target, const std::string& bytes) {
    fs::create_directories(folder_ / target);
    std::ofstream(folder_ / target / absl::StrCat("seed-", count_++), std::ios::binary) << bytes;
  }
  void AddWords(const std::set<std::string>& words) {
    std::ofstream file(folder_ / "words.dict");
    for (const std::string& word : words) file << '"' << Escaped(word) << "\"\n";
  }

 private:
  const fs::path folder_;
  int count_ = 0;
};

// A call in the format of the golden file wire_request.txt.
struct WireRequest {
  std::string verb;
  std::string path;
  std::string query;
  std::string body;
};

WireRequest ReadWireRequest(absl::string_view text) {
  WireRequest request;
  const std::pair<absl::string_view, absl::string_view> head_body =
      absl::StrSplit(text, absl::MaxSplits("\n\n", 1));
  std::vector<std::string> lines = absl::StrSplit(head_body.first, '\n', absl::SkipEmpty());
  if (lines.empty()) return request;
  const std::pair<std::string, std::string> verb_path = absl::StrSplit(lines.front(), ' ');
  request.verb = verb_path.first;
  request.path = verb_path.second;
  for (std::size_t i = 1; i < lines.size(); ++i) absl::StrAppend(&request.query, i == 1 ? "" : "&", lines[i]);
  request.body = std::string(head_body.second);
  return request;
}

void AddAnswers(const GoldenCase& golden, const Operation& operation, std::uint8_t number, Seeds* seeds) {
  const auto request = NewMessage(operation.method->input_type());
  if (!testing::ParseMessage(golden.Read("request.textproto").value_or(""), request.get())) return;
  seeds->Add("request", InputWriter().Byte(number).Rest(request->SerializeAsString()));
  const auto answer = golden.Answer();
  if (!answer.has_value()) return;
  seeds->Add("json", answer->body);
  const std::uint8_t status = answer->status == 200 ? 0 : 1;
  seeds->Add("answer",
             InputWriter().Byte(number).Byte(status).Text(request->SerializeAsString()).Rest(answer->body));
}

void AddCalls(const GoldenCase& golden, Seeds* seeds) {
  const WireRequest call = ReadWireRequest(golden.Read("wire_request.txt").value_or(""));
  const std::string url = absl::StrCat(call.path, "?", call.query);
  if (call.path.empty()) return;
  seeds->Add("signature",
             InputWriter().Byte(0).Byte(0).Text(call.body).Rest(absl::StrCat("https://partner.test", url)));
  const std::string length =
      call.body.empty() ? "" : absl::StrCat("Content-Length: ", call.body.size(), "\r\n");
  const std::string http =
      absl::StrCat(call.verb, " ", url, " HTTP/1.1\r\nHost: a\r\n", length, "\r\n", call.body);
  seeds->Add("emulator_http", InputWriter().Byte(1).Byte(0).Rest(absl::StrCat(http, http)));
  const auto routes = emulator::api::Routes();
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (std::string(routes[i].path) != call.path) continue;
    seeds->Add(
        "emulator",
        InputWriter().Byte(0).Byte(1).Byte(static_cast<std::uint8_t>(i)).Text(call.query).Rest(call.body));
  }
}

void AddGoldens(Seeds* seeds) {
  for (const GoldenCase& golden : GoldenCase::FindAll(FIRSTMILE_GOLDEN_DIR)) {
    const std::uint8_t number = NumberOf(golden.service(), golden.rpc());
    AddAnswers(golden, OperationAt(number), number, seeds);
    AddCalls(golden, seeds);
  }
}

void AddJson(Seeds* seeds) {
  for (const char* text :
       {R"({"error":"","access_token":"a","refresh_token":"b","expire_in":14400,"shop_id_list":[1,"2"]})",
        R"({"error":0,"authed_shop_list":[{"shop_id":1,"expire_time":1700000000}],"more":true})",
        "{\"response\":\"a\x01\xff\\ud800 \\udc00\",\"n\":123456789012345678901234567890,\"e\":1e999}",
        "\xEF\xBB\xBF "
        "{\"error\":\"error_auth\",\"msg\":\"-\",\"warning\":[{\"order_sn\":\"1\"},\"text\"]}"}) {
    seeds->Add("json", text);
  }
}

void AddErrors(Seeds* seeds) {
  const absl::string_view page = errors::VendorCodesPage();
  seeds->Add("error_page", std::string(page));
  seeds->Add(
      "error_page",
      "| HTTP status | without a code | with an unknown code |\n|---|---|---|\n"
      "| `none`, `5xx` | RATE_LIMITED | RATE_LIMITED |\n| `other` | UPSTREAM_ERROR | UPSTREAM_ERROR |\n\n"
      "| code | text contains | reason | remedy |\n|---|---|---|---|\n"
      "| `error_a`, `common.error_a` | `slow`, `very slow` | RATE_LIMITED | Be patient. |\n| `error_a` | | "
      "RATE_LIMITED | |\n\n"
      "| code | text contains | reason | why it stands here |\n|---|---|---|---|\n| `b` | | RATE_LIMITED | "
      "Seen. |\n");
  for (const errors::ErrorRow& row : errors::VendorCodes().rows()) {
    seeds->Add("status", InputWriter().Byte(1).Byte(0x90).Text(row.code).Text("4a1f").Rest(row.text));
  }
  seeds->Add("status", InputWriter().Byte(0).Byte(200).Text("").Text("").Rest(
                           "GET /a?sign=1f&access_token=2 \xc3\xa9\n"));
}

void AddSignatures(Seeds* seeds) {
  seeds->Add("signature",
             InputWriter().Byte(1).Byte(7).Byte(0).Byte(1).Text("token+/%=").Text("a b&c").Rest("d=e"));
  seeds->Add("signature", InputWriter().Byte(2).Byte(0).Byte(9).Rest("Mon, 20 Jun 2022 09:40:31 GMT"));
  seeds->Add("signature", InputWriter().Byte(0).Byte(0).Text("").Rest(
                              "/api/v2/shop/get_shop_info?sign=AB%20+&timestamp=1"));
}

void AddRecords(Seeds* seeds) {
  tokens::TokenRecord record = GenuineRecord();
  const tokens::RecordCodec codec(GenuineCipher());
  seeds->Add("encrypted_record", InputWriter().Byte(0).Rest(codec.Encode(record).value()));
  record.refresh = tokens::RefreshLease{"host/1", record.obtained, 2};
  record.authorization_required =
      tokens::AuthorizationRequirement{"REFRESH_TOKEN_REFUSED", "error_auth", record.obtained};
  record.access_expires = record.refresh_expires = record.authorization_expires =
      record.obtained + absl::Hours(4);
  record.forgotten = true;
  seeds->Add("encrypted_record", InputWriter().Byte(0).Rest(codec.Encode(record).value()));
  seeds->Add("encrypted_record", InputWriter().Byte(1).Byte(0).Byte(20).Byte(1).Byte(0).Rest(""));
  seeds->Add("encrypted_record", InputWriter().Byte(1).Byte(0).Byte(0).Byte(0).Byte(0).Rest(""));
  seeds->Add("encrypted_record",
             InputWriter().Byte(2).Rest(absl::StrCat("# keys\n", std::string(64, 'c'), "\n\n",
                                                     absl::Base64Escape(std::string(32, 'd')))));
}

void AddConfigurations(Seeds* seeds) {
  for (const char* text :
       {"upstream { base_url: \"https://partner.test\" connect_timeout_ms: 5 }\npartner { partner_id: 1 }\n"
        "shop_tokens { shop_id: 1 access_token: \"t\" }\ntokens { sqlite { path: \"/var/lib/a\" } }\n",
        R"({"upstream": {"base_url": "https://partner.test"},
            "shop_tokens": [{"shop_id": "1", "access_token": "t"}], "server": {"event_loops": 2}})"}) {
    seeds->Add("config", InputWriter().Byte(0).Rest(text));
  }
  const int fields = config::v1::ServerConfig::descriptor()->field_count();
  for (std::uint8_t json = 0; json < 2; ++json) {
    for (int field = 0; field < fields; ++field) {
      for (std::uint8_t form = 0; form < 13; ++form) {
        seeds->Add("config", InputWriter()
                                 .Byte(1)
                                 .Byte(json)
                                 .Byte(static_cast<std::uint8_t>(field))
                                 .Byte(1)
                                 .Byte(form % 4)
                                 .Byte(1)
                                 .Byte(form)
                                 .Rest(" }"));
      }
    }
  }
}

void AddRedisAnswers(Seeds* seeds) {
  const char* kAnswers[] = {"*2\r\n$1\r\n7\r\n$5\r\nbytes\r\n",
                            "*2\r\n$-1\r\n$-1\r\n",
                            "*3\r\n$6\r\nshop/6\r\n$1\r\n7\r\n$1\r\nb\r\n",
                            ":1\r\n",
                            ":0\r\n",
                            "-NOSCRIPT No matching script.\r\n",
                            "-WRONGPASS c4nary-7f3a51\r\n",
                            "$49\r\n# Persistence\r\naof_enabled:1\r\nmaxmemory_policy:no\r\n\r\n",
                            "*-1\r\n"};
  for (std::uint8_t question = 0; question < 4; ++question) {
    for (const char* answer : kAnswers) seeds->Add("redis", InputWriter().Byte(question).Rest(answer));
  }
}

void AddEmulator(Seeds* seeds) {
  const char* kHttp[] = {
      "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabcHEAD / "
      "HTTP/1.1\r\n\r\n",
      "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\nGET / "
      "HTTP/1.0\r\n\r\n",
      "GET http://host/a%20b?c=%41+d&&e HTTP/1.1\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n"};
  for (const char* text : kHttp) {
    for (const int piece : {0, 6, 255})
      seeds->Add("emulator_http", InputWriter().Byte(0).Byte(static_cast<std::uint8_t>(piece)).Rest(text));
  }
  const char* kBodies[] = {
      R"({"shop_id":600000,"access_token":"t","linked":true,"name":"n","days":3,"what":"access_token"})",
      R"({"advance_seconds":600,"latency_ms":0,"per_second":3,"path":"each","window":"sliding","name":"n"})",
      R"({"first_mile_tracking_number":"CNF000000000003241101","status":"PICKED_UP"})",
      R"({"code":37,"shop_id":600000,"data":{"status":"PICKED_UP"}})",
      R"({"action":"mutate","changes":[{"retype":"**"},{"drop":"response.a.b"},{"set":"**.c","value":[1]}]})",
      R"({"preset":"rate_limit","probability":0.5,"skip":1,"times":2,"after_effect":true,"delay_ms":5})",
      R"({"action":"answer","status":502,"content_type":"text/html","body":"x","headers":{"a":"b"},"bytes":2})"};
  constexpr std::uint8_t kPages = 40;  // about as many as there are; larger numbers wrap around
  for (std::uint8_t page = 0; page < kPages; ++page) {
    for (const char* body : kBodies) {
      seeds->Add("emulator", InputWriter()
                                 .Byte(1)
                                 .Byte(0)
                                 .Byte(page)
                                 .Text("shop_id=600000&limit=2&id=1")
                                 .Text(body)
                                 .Byte(1)
                                 .Byte(page)
                                 .Text("order_list=1")
                                 .Rest("{}"));
    }
  }
  seeds->Add("emulator_seed",
             R"({"shops":[{"shop_id":700000,"region":"CN","access_token":"t","name":"Mine","linked":true,)"
             R"("banned":false,"first_mile":true,"pre_declare":true,"orders":[{"order_sn":"MY1",)"
             R"("status":"READY_TO_SHIP","age_seconds":3600,"packages":[{"package_number":"P1",)"
             R"("tracking_number":"","logistics_status":"LOGISTICS_READY","warehouse_id":"ECP03"}]},)"
             R"({"order_sn":"MY2","status":"SHIPPED","create_time":1,"packages":[{},{}]}]}]})");
}

void AddNames(const google::protobuf::Descriptor& type, std::set<std::string>* words) {
  for (int i = 0; i < type.field_count(); ++i) {
    if (!words->insert(codec::WireName(*type.field(i))).second) continue;
    if (type.field(i)->message_type() != nullptr) AddNames(*type.field(i)->message_type(), words);
  }
}

std::set<std::string> Words() {
  std::set<std::string> words = {"{\"",
                                 "\":",
                                 "[{",
                                 "}]",
                                 "null",
                                 "true",
                                 "false",
                                 "\\u0041",
                                 "\\ud800",
                                 "1e9",
                                 "-",
                                 "error",
                                 "message",
                                 "msg",
                                 "request_id",
                                 "warning",
                                 "response",
                                 "success_list",
                                 "fail_list",
                                 "result_list",
                                 "order_list",
                                 "\r\n",
                                 "HTTP/1.1",
                                 "chunked",
                                 "Transfer-Encoding: ",
                                 "Content-Length: ",
                                 "Expect: 100-continue",
                                 "sign=",
                                 "access_token=",
                                 "refresh_token=",
                                 "partner_id=",
                                 "timestamp=",
                                 "shop_id="};
  const auto count = testing::GoldenCase::FindAll(FIRSTMILE_GOLDEN_DIR).size();
  for (std::size_t i = 0; i < count && i <= UINT8_MAX; ++i) {
    const Operation operation = OperationAt(static_cast<std::uint8_t>(i));
    AddNames(*operation.method->input_type(), &words);
    AddNames(*operation.method->output_type(), &words);
  }
  AddNames(*config::v1::ServerConfig::descriptor(), &words);
  return words;
}

}  // namespace
void WriteSeeds(const char* folder) {
  Seeds seeds(folder);
  AddGoldens(&seeds);
  AddJson(&seeds);
  AddErrors(&seeds);
  AddSignatures(&seeds);
  AddRecords(&seeds);
  AddConfigurations(&seeds);
  AddRedisAnswers(&seeds);
  AddEmulator(&seeds);
  seeds.AddWords(Words());
}

}  // namespace firstmile::fuzzing

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
    return 64;
  }
  firstmile::fuzzing::WriteSeeds(argv[1]);
  return 0;
}
