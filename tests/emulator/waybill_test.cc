#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "fixture.h"

namespace emulator_test {
namespace {

const std::string kWaybill = kFirstMile + "get_waybill";

std::string BodyFor(const std::vector<std::string>& codes) {
  boost::json::array list(codes.begin(), codes.end());
  return boost::json::serialize(boost::json::object{{"first_mile_tracking_number_list", list}});
}

// The output of a command.
std::string Output(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  char chunk[4096];
  while (std::size_t size = std::fread(chunk, 1, sizeof chunk, pipe)) output.append(chunk, size);
  pclose(pipe);
  return output;
}

class PdfFile {
 public:
  explicit PdfFile(const std::string& content) {
    const int file = mkstemp(path_.data());
    EXPECT_EQ(write(file, content.data(), content.size()), static_cast<ssize_t>(content.size()));
    close(file);
  }
  ~PdfFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/emulator_waybill_XXXXXX";
};

class WaybillTest : public EmulatorTest {};

TEST_F(WaybillTest, IsAPdfFile) {
  const HttpReply reply = shop_.PostRaw(kWaybill, BodyFor({"CNF877146678717210312"}));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "application/pdf");
  EXPECT_TRUE(reply.body.starts_with("%PDF-1.4"));
  EXPECT_TRUE(reply.body.ends_with("%%EOF\n"));
}

TEST_F(WaybillTest, ItsCrossReferencesPointAtTheObjects) {
  const std::string pdf =
      shop_.PostRaw(kWaybill, BodyFor({"CNF877146678717210312", "CNF000000000003241101"})).body;
  const std::size_t start = pdf.rfind("startxref\n");
  ASSERT_NE(start, std::string::npos);
  const std::size_t table = std::stoul(pdf.substr(start + 10));
  ASSERT_EQ(pdf.substr(table, 7), "xref\n0 ");
  const std::size_t entries = std::stoul(pdf.substr(table + 7));
  EXPECT_EQ(entries, 8U) << "catalog, tree, font, two pages with their contents, and the free entry";
  const std::size_t first = pdf.find('\n', table + 7) + 1;
  for (std::size_t i = 1; i < entries; ++i) {
    const std::string entry = pdf.substr(first + i * 20, 20);
    EXPECT_EQ(entry.substr(10), " 00000 n \n");
    const std::string head = std::to_string(i) + " 0 obj\n";
    EXPECT_EQ(pdf.substr(std::stoul(entry), head.size()), head);
  }
}

TEST_F(WaybillTest, HasAPageForEachNumberAccordingToPoppler) {
  ASSERT_NE(Output("command -v pdfinfo pdftotext"), "") << "poppler-utils is missing";
  std::vector<std::string> codes = {"CNF877146678717210312", "CNF000000000003241101",
                                    "CNF000000000005241101"};
  const PdfFile file(shop_.PostRaw(kWaybill, BodyFor(codes)).body);
  const std::string info = Output("pdfinfo " + file.path() + " 2>&1");
  EXPECT_NE(info.find("Pages:           3"), std::string::npos) << info;
  EXPECT_EQ(info.find("rror"), std::string::npos) << info;
  for (std::size_t page = 1; page <= codes.size(); ++page) {
    const std::string number = std::to_string(page);
    const std::string text = Output("pdftotext -f " + number + " -l " + number + " " + file.path() + " -");
    EXPECT_NE(text.find(codes[page - 1]), std::string::npos) << text;
  }
}

TEST_F(WaybillTest, AnswersJsonIfANumberIsNotTheShops) {
  for (const char* code : {"CNF999999999999241101", "SFDEMO0000000250", "CNF000000000004241101"}) {
    const HttpReply reply = shop_.PostRaw(kWaybill, BodyFor({"CNF877146678717210312", code}));
    EXPECT_EQ(reply.content_type, "application/json");
    EXPECT_EQ(Text(reply.Json(), "error"), "firstmile.error_param") << code;
    EXPECT_EQ(Text(reply.Json(), "message"), "The ShopID and Pickup Label are not matched.");
  }
  EXPECT_EQ(Text(As(600001).Post(kWaybill, BodyFor({"CNF877146678717210312"})), "error"),
            "firstmile.error_param");
}

TEST_F(WaybillTest, AcceptsAtMostFiftyNumbers) {
  EXPECT_EQ(
      shop_.PostRaw(kWaybill, BodyFor(std::vector<std::string>(50, "CNF877146678717210312"))).content_type,
      "application/pdf");
  EXPECT_EQ(
      Text(shop_.Post(kWaybill, BodyFor(std::vector<std::string>(51, "CNF877146678717210312"))), "message"),
      "Wrong parameters, detail: first_mile_tracking_number_list must have 50 elements or less.");
  EXPECT_EQ(Text(shop_.Post(kWaybill, BodyFor({})), "error"), "error_param");
}

TEST_F(WaybillTest, RequiresPost) {
  EXPECT_EQ(Text(shop_.Get(kWaybill), "message"),
            "Permission denied. This API is currently offline or the request path is incorrect.");
}

}  // namespace
}  // namespace emulator_test
