// Retry-After is read in both of its forms, and nonsense is nothing.
#include "errors/retry_after.h"

#include <gtest/gtest.h>

namespace firstmile::errors {
namespace {

const absl::Time kReceived = absl::FromUnixSeconds(1'655'714'431);  // Mon, 20 Jun 2022 08:40:31 GMT

TEST(RetryAfterTest, Seconds) {
  EXPECT_EQ(ParseRetryAfter("0", kReceived), absl::ZeroDuration());
  EXPECT_EQ(ParseRetryAfter(" 120 ", kReceived), absl::Seconds(120));
}

TEST(RetryAfterTest, ADate) {
  EXPECT_EQ(ParseRetryAfter("Mon, 20 Jun 2022 08:41:01 GMT", kReceived), absl::Seconds(30));
  EXPECT_EQ(ParseRetryAfter("Mon, 20 Jun 2022 08:40:01 GMT", kReceived), absl::ZeroDuration())
      << "it has passed";
}

TEST(RetryAfterTest, ALongPauseIsAnHour) {
  for (const char* value : {"3601", "86400", "99999999999999999999", "Mon, 20 Jun 2050 08:41:01 GMT"}) {
    EXPECT_EQ(ParseRetryAfter(value, kReceived), kRetryAfterMax) << value;
  }
}

TEST(RetryAfterTest, NonsenseIsNothing) {
  for (const char* value : {"", " ", "soon", "-1", "1.5", "3s", "20 Jun 2022", "\xff"}) {
    EXPECT_EQ(ParseRetryAfter(value, kReceived), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace firstmile::errors
