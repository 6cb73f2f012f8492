#include "tests/crash/rounds.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "asl/text.h"
#include "tests/crash/clients.h"
#include "tests/end_to_end/server_process.h"

namespace pawl::crash {
namespace {

constexpr int kKillMsMost = 500;         // after the server was ready
constexpr int kKillAtStartMsMost = 120;  // after its process was made
constexpr int kKilledAtStartOneIn = 4;
constexpr int kWaitersPerClient = 4;  // most of their time they wait
constexpr int kRoundsBetweenCounts = 50;
constexpr std::size_t kShownMost = 10;

// What the next server is started with. The one function says which server it is called by; the
// other writes down that it has begun into the folder of its call, and hands back what it was
// called with.
void configure_next(const std::string& file, Ledger& ledger, const Observer& observer) {
  const std::size_t server = ledger.started(now_ms());
  engine::write_file(file,
                     "[functions]\n" + std::string(kObserver) + " = \"" + observer.url(server) +
                         "\"\n" + kOnce + " = \"echo >>begun; cat\"\n");
}

// How often each call of that function has begun. Asked now and then: old calls are cleared away.
void count_once(const engine::ServerProcess& server, std::map<std::string, std::int64_t>& counts) {
  std::map<std::string, std::int64_t> found;
  std::error_code gone;
  for (std::filesystem::directory_iterator at(server.data("functions"), gone), end;
       !gone && at != end;
       at.increment(gone)) {
    std::ifstream event(at->path() / "event.json");
    std::ifstream begun(at->path() / "begun");
    const std::string text{std::istreambuf_iterator<char>(event), {}};
    const std::string lines{std::istreambuf_iterator<char>(begun), {}};
    const auto parsed = asl::parse_text(text);
    if (!std::holds_alternative<Json>(parsed)) continue;  // not written yet
    found[std::get<Json>(parsed).at("key").get<std::string>()] +=
        std::count(lines.begin(), lines.end(), '\n');
  }
  for (const auto& [key, count] : found) counts[key] = std::max(counts[key], count);
}

void print_gaps(const char* what, std::vector<std::int64_t> gaps_ms, std::ostream& out) {
  if (gaps_ms.empty()) return;
  std::sort(gaps_ms.begin(), gaps_ms.end());
  out << "without an answer, " << what << ": median " << gaps_ms[gaps_ms.size() / 2]
      << " ms, longest " << gaps_ms.back() << " ms\n";
}

void print_all(const char* what, const std::vector<std::string>& found, std::ostream& out) {
  out << what << ": " << found.size() << "\n";
  for (std::size_t i = 0; i < std::min(found.size(), kShownMost); ++i) {
    out << "  " << found[i] << "\n";
  }
}

}  // namespace

Outcome run_rounds(const Plan& plan) {
  Outcome outcome;
  std::mt19937_64 random(plan.seed);
  const auto up_to = [&random](int most) {
    return std::chrono::milliseconds(random() % static_cast<std::uint64_t>(most));
  };
  const engine::TemporaryFolder folder;
  Ledger ledger;
  Silence silence;
  Observer observer(ledger, random());
  const std::string config = folder.file("pawl.toml");
  configure_next(config, ledger, observer);
  engine::ServerProcess server({"--config", config});
  Clients clients(server.url(), ledger, silence);
  const std::pair<Workload, int> load[] = {{steps_workload(), plan.clients},
                                           {effects_workload(), kWaitersPerClient * plan.clients},
                                           {once_workload(), 1}};
  for (const auto& [workload, count] : load) {
    clients.create(workload);
    for (int i = 0; i < count; ++i) clients.keep_running(workload, i);
  }
  std::map<std::string, std::int64_t> counts;
  for (int round = 0; round < plan.rounds; ++round) {
    if (round % kRoundsBetweenCounts == 0) count_once(server, counts);
    std::this_thread::sleep_for(up_to(kKillMsMost));
    const bool at_start_too = random() % kKilledAtStartOneIn == 0;
    silence.take_longest_ms();
    server.kill9();
    configure_next(config, ledger, observer);
    ++outcome.kills;
    if (at_start_too) {
      server.start_and_kill9(up_to(kKillAtStartMsMost));
      configure_next(config, ledger, observer);
      ++outcome.kills;
      ++outcome.kills_at_start;
    }
    server.start();
    // Somebody has to be answered before the silence is over.
    clients.ending_of("arn:aws:states:us-east-1:123456789012:execution:steps:steps-0-0");
    (at_start_too ? outcome.gaps_of_killed_starts_ms : outcome.gaps_ms)
        .push_back(silence.take_longest_ms());
  }
  clients.finish();
  for (const std::string& execution : ledger.endings_known()) {
    ledger.seen_again(execution, clients.ending_of(execution));
  }
  for (const std::string& name : clients.started(once_workload().name)) {
    counts.try_emplace(name + "/Once");
  }
  count_once(server, counts);
  for (const auto& [key, count] : counts) ledger.counted(key, count);
  outcome.findings = ledger.findings();
  return outcome;
}

void print(const Outcome& outcome, std::ostream& out) {
  const Findings& found = outcome.findings;
  out << "kills: " << outcome.kills << ", " << outcome.kills_at_start
      << " of them as the server started\n"
      << "executions: " << found.executions << "\n"
      << "side effects counted: " << found.effects << ", " << found.repeated_in_flight
      << " of them sent again because the server died over them\n";
  print_all("lost", found.lost, out);
  print_all("doubles", found.doubled, out);
  print_all("faults of histories and outputs", found.history_faults, out);
  print_all("changed after the end", found.changed, out);
  print_gaps("one start", outcome.gaps_ms, out);
  print_gaps("killed again as it started", outcome.gaps_of_killed_starts_ms, out);
}

}  // namespace pawl::crash
