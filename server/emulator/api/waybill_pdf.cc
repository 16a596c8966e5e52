#include "emulator/api/waybill_pdf.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

namespace emulator::api {
namespace {

// Object 1 is the catalog, 2 the page tree, 3 the font; page i has objects 4+2i (page) and 5+2i (its
// content).
constexpr std::size_t kFirstPageObject = 4;

std::string Escape(const std::string& line) {
  std::string escaped;
  for (const char c : line) {
    if (c == '(' || c == ')' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

std::string PageContent(const LabelLines& lines) {
  std::string content = "BT\n/F1 16 Tf\n24 380 Td\n";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == 1) content += "/F1 10 Tf\n";
    if (i > 0) content += "0 -22 Td\n";
    absl::StrAppend(&content, "(", Escape(lines[i]), ") Tj\n");
  }
  return content + "ET";
}

std::string PageTree(std::size_t pages) {
  std::string kids;
  for (std::size_t i = 0; i < pages; ++i) absl::StrAppend(&kids, kFirstPageObject + 2 * i, " 0 R ");
  return absl::StrCat("<< /Type /Pages /Count ", pages, " /Kids [ ", kids, "] >>");
}

std::vector<std::string> Objects(const std::vector<LabelLines>& labels) {
  std::vector<std::string> objects = {"<< /Type /Catalog /Pages 2 0 R >>", PageTree(labels.size()),
                                      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
  for (const LabelLines& lines : labels) {
    objects.push_back(
        absl::StrCat("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Resources << /Font << /F1 3 0 "
                     "R >> >> /Contents ",
                     objects.size() + 2, " 0 R >>"));
    const std::string content = PageContent(lines);
    objects.push_back(absl::StrCat("<< /Length ", content.size(), " >>\nstream\n", content, "\nendstream"));
  }
  return objects;
}

}  // namespace

std::string LabelPdf(const std::vector<LabelLines>& labels) {
  const std::vector<std::string> objects = Objects(labels);
  std::string pdf = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n";
  std::string table = absl::StrCat("xref\n0 ", objects.size() + 1, "\n0000000000 65535 f \n");
  for (std::size_t i = 0; i < objects.size(); ++i) {
    absl::StrAppendFormat(&table, "%010d 00000 n \n", pdf.size());
    absl::StrAppend(&pdf, i + 1, " 0 obj\n", objects[i], "\nendobj\n");
  }
  const std::size_t table_at = pdf.size();
  absl::StrAppend(&pdf, table, "trailer\n<< /Size ", objects.size() + 1, " /Root 1 0 R >>\nstartxref\n",
                  table_at, "\n%%EOF\n");
  return pdf;
}

}  // namespace emulator::api
