// Kills and stops processes of custody at every point of the refresh protocol, in front of the emulator and
// over both stores that last, and looks at what is left.
//
// FIRSTMILE_CHAOS_SEEDS: how many stories (60); FIRSTMILE_CHAOS_FIRST: the number of the first one (0). Each
// story has a shop of its own, so that a number alone repeats it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "emulator/emulator.h"
#include "support/redis_server.h"
#include "support/temp_folder.h"
#include "tokens/stores/redis_store.h"
#include "tokens/stores/sqlite_store.h"
#include "tokens/token_ledger.h"

namespace firstmile::chaos {
namespace {

constexpr int kShopsMax = 1150;
constexpr char kLeaseMs[] = "250";
constexpr int kSendsMax = 2;  // of one process: a refresh, and once more when no answer came
constexpr int kRunsMax = 6;   // of processes that nobody kills, until the shop has come to rest
constexpr char kRefreshPath[] = "/api/v2/auth/access_token/get";

int Environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

// A running victim; its output and its count of requests can be asked for when it has ended.
class Victim {
 public:
  Victim(std::vector<std::string> arguments, std::string sends) : sends_(std::move(sends)) {
    arguments.insert(arguments.begin(), CUSTODY_VICTIM);
    arguments.push_back(sends_);
    std::vector<char*> raw;
    for (std::string& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    EXPECT_EQ(posix_spawn(&pid_, CUSTODY_VICTIM, &actions, nullptr, raw.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    output_ = ends[0];
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  ~Victim() {
    if (!ended_) {
      kill(pid_, SIGKILL);
      Await(0);
    }
    close(output_);
  }

  // Until it ends. What it printed: "" when it was killed.
  std::string Finish() {
    while (!ended_) Await(0);
    std::array<char, 512> text{};
    const ssize_t size = read(output_, text.data(), text.size());
    return std::string(text.data(), size > 1 ? static_cast<std::size_t>(size) - 1 : 0);
  }
  // Until it ends or stops itself. True when it stands still.
  bool FinishOrStop() {
    Await(WUNTRACED);
    return !ended_;
  }
  void Continue() const { kill(pid_, SIGCONT); }

  int sends() const {
    std::error_code missing;
    const auto size = std::filesystem::file_size(sends_, missing);
    return missing ? 0 : static_cast<int>(size);
  }

 private:
  void Await(int options) {
    int status = 0;
    if (waitpid(pid_, &status, options) == pid_) ended_ = !WIFSTOPPED(status);
  }

  pid_t pid_ = 0;
  int output_ = -1;
  bool ended_ = false;
  const std::string sends_;
};

// What happened over all stories, printed at the end.
struct Figures {
  int stories = 0;
  int processes = 0;
  int killed = 0;
  int paused = 0;
  int goes_on = 0;
  int needs_person = 0;
  int refreshes = 0;
  int lost = 0;
};

// The world of all stories: an upstream, and both stores.
class World {
 public:
  World() : emulator_(UpstreamOptions()), folder_(), sealer_(Keys()), codec_(sealer_) {
    sqlite_ = tokens::SqliteStore::Open(folder_.File("tokens.db")).value();
    redis::Options redis;
    redis.unix_path = server_.unix_path();
    redis_ = tokens::RedisStore::Open(redis).value();
  }

  emulator::Emulator& upstream() { return emulator_; }
  std::string SendsFile(int number) const { return folder_.File(absl::StrCat("sends-", number)); }
  std::string StoreName(bool redis) const {
    return redis ? absl::StrCat("redis:", server_.unix_path())
                 : absl::StrCat("sqlite:", folder_.File("tokens.db"));
  }
  tokens::TokenLedger Ledger(bool redis) {
    tokens::TokenStore& store = redis ? static_cast<tokens::TokenStore&>(*redis_) : *sqlite_;
    return tokens::TokenLedger(store, codec_, "harness");
  }

 private:
  static emulator::Options UpstreamOptions() {
    emulator::Options options;
    options.extra_shops = kShopsMax;
    options.orders_per_shop = 0;
    options.journal_length = 0;
    return options;
  }
  static std::vector<tokens::SealingKey> Keys() {
    return tokens::ParseSealingKeys(secrets::Secret(std::string(64, 'a'))).value();
  }

  emulator::Emulator emulator_;
  const testing::TempFolder folder_;
  testing::RedisServer server_;
  const tokens::Sealer sealer_;
  const tokens::RecordCodec codec_;
  std::unique_ptr<tokens::SqliteStore> sqlite_;
  std::unique_ptr<tokens::RedisStore> redis_;
};

// One shop whose access token has ended, and the processes that want a new one.
class Story {
 public:
  Story(World& world, int number, Figures& figures)
      : world_(world),
        number_(number),
        figures_(figures),
        random_(static_cast<unsigned>(number)),
        redis_(number % 2 == 1),
        shop_(emulator::kFirstShopId + 1 + number % kShopsMax),
        ledger_(world.Ledger(redis_)) {}

  void Run() {
    ++figures_.stories;
    Begin();
    UpstreamMisbehaves();
    if (Draw(3) == 0) {
      OneStopsAndAnotherGoesOn();
    } else {
      for (int death = Draw(3); death >= 0; --death) OneDies();
    }
    const std::string end = ComeToRest();
    Check(end);
  }

 private:
  int Draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  tokens::Subject subject() const { return tokens::Shop(shop_); }

  void Begin() {
    const emulator::TokenState state = world_.upstream().ShopTokens(shop_);
    before_ = state;
    tokens::TokenRecord record;
    record.subject = subject();
    record.pair = {secrets::Secret(state.access_token), secrets::Secret(state.refresh_token)};
    record.obtained = absl::Now();
    record.access_expires = absl::Now() - absl::Seconds(1);
    ASSERT_TRUE(ledger_.Put(record).ok());
  }

  // Answers of the refresh always take longer than a victim's death under way. Some go wrong.
  void UpstreamMisbehaves() {
    static const std::array<const char*, 5> kFaults = {"rate_limit", "html_502", "lost_answer", "cut_before",
                                                       "truncated"};
    if (Draw(3) == 0) {
      emulator::Fault fault = *emulator::PresetFault(kFaults.at(static_cast<std::size_t>(Draw(5))));
      fault.path = kRefreshPath;
      fault.shop_id = shop_;
      fault.times = 1;
      fault.skip = Draw(2);
      world_.upstream().SetFault(fault);
      answer_may_be_lost_ = true;
    }
    emulator::Fault slow;
    slow.path = kRefreshPath;
    slow.shop_id = shop_;
    slow.action = emulator::Fault::Action::kDelay;
    slow.delay = std::chrono::milliseconds(30);
    slow.after_effect = Draw(2) == 0;
    world_.upstream().SetFault(slow);
  }

  std::unique_ptr<Victim> Start(int point, int signal) {
    ++figures_.processes;
    const int process = ++processes_;
    return std::make_unique<Victim>(
        std::vector<std::string>{world_.StoreName(redis_), world_.upstream().base_url(), absl::StrCat(shop_),
                                 kLeaseMs, absl::StrCat(point), absl::StrCat(signal)},
        world_.SendsFile(number_ * 100 + process));
  }

  void ExpectFewSends(const Victim& victim) { EXPECT_LE(victim.sends(), kSendsMax) << "an endless loop"; }

  void OneDies() {
    const auto victim = Start(1 + Draw(9), SIGKILL);
    const bool killed = victim->Finish().empty();
    ExpectFewSends(*victim);
    if (killed) ++figures_.killed;
    if (killed && victim->sends() > 0) answer_may_be_lost_ = true;
  }

  void OneStopsAndAnotherGoesOn() {
    const auto sleeper = Start(1 + Draw(9), SIGSTOP);
    const bool stopped = sleeper->FinishOrStop();
    const auto other = Start(0, 0);
    other->Finish();
    ExpectFewSends(*other);
    if (stopped) {
      ++figures_.paused;
      sleeper->Continue();
    }
    sleeper->Finish();
    ExpectFewSends(*sleeper);
  }

  // Processes that nobody kills: the first that gets a token, or is told that a person is needed, ends it.
  std::string ComeToRest() {
    for (int run = 0; run < kRunsMax; ++run) {
      const auto victim = Start(0, 0);
      std::string said = victim->Finish();
      ExpectFewSends(*victim);
      if (absl::StartsWith(said, "token ") || said == "refused AUTHORIZATION_REQUIRED") return said;
    }
    return "no rest";
  }

  void Check(const std::string& end) {
    const emulator::TokenState state = world_.upstream().ShopTokens(shop_);
    const auto record = ledger_.Read(subject());
    ASSERT_TRUE(record.ok() && record->has_value());
    figures_.refreshes += static_cast<int>(state.refreshes - before_.refreshes);
    figures_.lost += static_cast<int>(state.lost_refreshes - before_.lost_refreshes);
    const bool has_current_pair = (*record)->pair.refresh_token.Reveal() == state.refresh_token;
    EXPECT_EQ(state.other_failed_refreshes, before_.other_failed_refreshes) << "a token that never was";

    if (end == absl::StrCat("token ", state.access_token)) {
      ++figures_.goes_on;
      EXPECT_TRUE(has_current_pair);
      EXPECT_FALSE((*record)->refresh.has_value() || (*record)->quarantine.has_value());
      return;
    }
    ++figures_.needs_person;
    EXPECT_TRUE(answer_may_be_lost_) << "nothing happened that would cost a pair";
    ASSERT_EQ(end, "refused AUTHORIZATION_REQUIRED");
    ASSERT_TRUE((*record)->quarantine.has_value());
    EXPECT_EQ((*record)->quarantine->reason, "REFRESH_ANSWER_LOST");
    EXPECT_FALSE(has_current_pair) << "a pair that works was given up";
    EXPECT_EQ(state.refreshes, before_.refreshes + 1) << "the platform did not spend the token";
  }

  World& world_;
  const int number_;
  Figures& figures_;
  std::mt19937 random_;
  const bool redis_;
  const std::int64_t shop_;
  tokens::TokenLedger ledger_;
  emulator::TokenState before_;
  int processes_ = 0;
  bool answer_may_be_lost_ = false;
};

TEST(CustodyChaos, NoPairIsLostThatThePlatformWouldStillAccept) {
  World world;
  Figures figures;
  const int first = Environment("FIRSTMILE_CHAOS_FIRST", 0);
  const int seeds = Environment("FIRSTMILE_CHAOS_SEEDS", 60);
  for (int number = first; number < first + seeds; ++number) {
    SCOPED_TRACE(absl::StrCat("FIRSTMILE_CHAOS_SEEDS=1 FIRSTMILE_CHAOS_FIRST=", number));
    Story(world, number, figures).Run();
    world.upstream().ClearFaults();
  }
  std::printf(
      "%d stories, %d processes: %d killed, %d paused. Shops that went on by themselves: %d; that need their "
      "seller, since an answer died with its process: %d. Refreshes carried out: %d; spent tokens sent: "
      "%d.\n",
      figures.stories, figures.processes, figures.killed, figures.paused, figures.goes_on,
      figures.needs_person, figures.refreshes, figures.lost);
}

}  // namespace
}  // namespace firstmile::chaos
