// The page of codes against everything that Shopee documents.
#include "errors/vendor_codes.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "errors/error_list.h"

namespace firstmile::errors {
namespace {

// Pairs of code and text in Shopee's reference, gateway errors included.
constexpr std::size_t kDocumentedPairs = 388;

TEST(DocumentedErrors, AreAllListed) {
  std::set<std::pair<std::string, std::string>> pairs;
  for (const ListedError& error : ReadErrorList("documented_errors.txt")) {
    EXPECT_TRUE(pairs.emplace(error.code, error.text).second) << error.where << " stands twice";
  }
  EXPECT_EQ(pairs.size(), kDocumentedPairs);
}

TEST(DocumentedErrors, AllHaveTheReasonThatTheListSays) {
  for (const ListedError& error : ListedErrors()) {
    const ErrorRow* row = VendorCodes().Find(error.code, error.text);
    ASSERT_NE(row, nullptr) << error.where << ": " << error.code << " has no row";
    EXPECT_EQ(row->reason->name, error.reason) << error.where << ", by line " << row->line << " of the page";
    EXPECT_EQ(row->source, "") << error.where
                               << " is documented, and its row stands outside of the reference";
  }
}

TEST(VendorCodes, EveryRowIsReachedOrSaysWhyItStandsThere) {
  std::set<const ErrorRow*> reached;
  for (const ListedError& error : ListedErrors()) {
    reached.insert(VendorCodes().Find(error.code, error.text));
  }
  for (const ErrorRow& row : VendorCodes().rows()) {
    EXPECT_TRUE(reached.contains(&row) || !row.source.empty())
        << "line " << row.line << ": no documented error is " << row.code << " with " << row.text;
  }
}

// A reason that no row has is one that the sidecar finds itself, before or after sending.
TEST(VendorCodes, EveryReasonOfShopeeIsUsed) {
  std::set<const Reason*> used;
  for (const ErrorRow& row : VendorCodes().rows()) used.insert(row.reason);
  for (const int status : {0, 200, 302, 400, 401, 404, 408, 429, 500}) {
    used.insert(VendorCodes().FindByStatus(status, false).reason);
  }
  for (const Reason& reason : Reasons()) {
    if (reason.decided_by == DecidedBy::kShopee) EXPECT_TRUE(used.contains(&reason)) << reason.name;
  }
}

TEST(VendorCodes, EveryRemedyIsOneSentence) {
  for (const ErrorRow& row : VendorCodes().rows()) {
    ASSERT_FALSE(row.remedy.empty()) << row.line;
    EXPECT_EQ(row.remedy.back(), '.') << row.line;
    EXPECT_EQ(row.remedy.find(". "), std::string::npos) << row.line;
  }
}

}  // namespace
}  // namespace firstmile::errors
