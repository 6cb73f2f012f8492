#include "tests/crash/ledger.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace pawl::crash {
namespace {

std::int64_t ms_of(const Json& event) {
  return std::llround(event.at("timestamp").get<double>() * 1000);
}

bool is_end(const std::string& type) {
  return type == "ExecutionSucceeded" || type == "ExecutionFailed" || type == "ExecutionAborted" ||
         type == "ExecutionTimedOut";
}

// What the workload's functions are called with holds the key of the side effect.
std::optional<std::string> key_in(const Json& event) {
  const auto details = event.find("lambdaFunctionScheduledEventDetails");
  if (details == event.end()) return std::nullopt;
  const Json input = Json::parse(details->at("input").get<std::string>());
  return input.at("key").get<std::string>();
}

}  // namespace

std::vector<std::string> faults_in(const Json& events, const std::map<std::string, int>& expected) {
  std::vector<std::string> faults;
  std::map<std::string, int> found;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& event = events[i];
    const auto id = event.at("id").get<std::int64_t>();
    const auto previous = event.value("previousEventId", std::int64_t{0});
    const std::string type = event.at("type").get<std::string>();
    if (id != static_cast<std::int64_t>(i + 1)) faults.push_back("a gap at " + std::to_string(id));
    if (previous >= id) faults.push_back(std::to_string(id) + " follows the future");
    if (i > 0 && ms_of(event) < ms_of(events[i - 1])) {
      faults.push_back(std::to_string(id) + " runs backwards");
    }
    if (is_end(type) != (i + 1 == events.size())) {
      faults.push_back("event " + std::to_string(id) + " " + type + " at the wrong place");
    }
    ++found[type];
  }
  for (const auto& [type, count] : found) {
    const auto wanted = expected.find(type);
    const int most = wanted == expected.end() ? 0 : wanted->second;
    if (count != most) {
      faults.push_back(type + " " + std::to_string(count) + " times, not " + std::to_string(most));
    }
  }
  for (const auto& [type, count] : expected) {
    if (!found.contains(type)) faults.push_back("no " + type);
  }
  return faults;
}

std::size_t Ledger::started(std::int64_t at_ms) {
  const std::lock_guard lock(mutex_);
  starts_.push_back(at_ms);
  return starts_.size() - 1;
}

void Ledger::arrived(const std::string& key, std::size_t server) {
  const std::lock_guard lock(mutex_);
  senders_[key].push_back(server);
}

void Ledger::acknowledged(const std::string& execution) {
  const std::lock_guard lock(mutex_);
  executions_.try_emplace(execution);
}

void Ledger::ended(const std::string& execution,
                   const Ending& ending,
                   const Json& events,
                   const std::map<std::string, int>& expected) {
  const std::lock_guard lock(mutex_);
  executions_[execution] = ending;
  if (ending.status != "SUCCEEDED") {
    findings_.history_faults.push_back(execution + " ended as " + ending.status);
  }
  for (const std::string& fault : faults_in(events, expected)) {
    findings_.history_faults.push_back(execution + ": " + fault);
  }
  std::map<std::int64_t, std::size_t> call_of;  // the event at the end of each call's chain so far
  for (const Json& event : events) {
    const auto id = event.at("id").get<std::int64_t>();
    const std::string type = event.at("type").get<std::string>();
    if (const auto key = key_in(event)) {
      call_of[id] = calls_.size();
      calls_.push_back({*key, ms_of(event), 0});
      continue;
    }
    if (!type.starts_with("LambdaFunction")) continue;
    const auto call = call_of.find(event.value("previousEventId", std::int64_t{0}));
    if (call == call_of.end()) continue;
    if (type == "LambdaFunctionStarted") {
      call_of[id] = call->second;
    } else {
      calls_[call->second].ended_ms = ms_of(event);
    }
  }
}

void Ledger::seen_again(const std::string& execution, const std::optional<Ending>& ending) {
  const std::lock_guard lock(mutex_);
  const auto known = executions_.find(execution);
  if (!ending) {
    findings_.lost.push_back(execution);
  } else if (known != executions_.end() && known->second && *known->second != *ending) {
    findings_.changed.push_back(execution + " was " + known->second->status + " and is " +
                                ending->status);
  }
}

void Ledger::counted(const std::string& key, std::int64_t times) {
  const std::lock_guard lock(mutex_);
  counts_[key] += times;
}

void Ledger::complain(const std::string& what) {
  const std::lock_guard lock(mutex_);
  findings_.history_faults.push_back(what);
}

std::vector<std::string> Ledger::endings_known() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, ending] : executions_) {
    if (ending) names.push_back(name);
  }
  return names;
}

// A call may be made again only by another server, when the first died over it.
void Ledger::check_effects(Findings& out) const {
  for (const auto& [key, servers] : senders_) {
    const auto different = std::set<std::size_t>(servers.begin(), servers.end()).size();
    out.effects += static_cast<std::int64_t>(servers.size());
    out.repeated_in_flight += static_cast<std::int64_t>(different) - 1;
    if (different < servers.size()) out.doubled.push_back(key + " twice of one server");
  }
  std::map<std::string, int> scheduled;
  for (const Call& call : calls_) {
    if (++scheduled[call.key] > 1) out.doubled.push_back(call.key + " is scheduled twice");
    const auto counted = counts_.find(call.key);
    if (counted != counts_.end()) continue;
    const auto servers = senders_.find(call.key);
    if (servers == senders_.end()) {
      out.lost.push_back(call.key + " was never done");
      continue;
    }
    const std::size_t last = *std::max_element(servers->second.begin(), servers->second.end());
    if (starts_.at(last) > call.ended_ms) {
      out.doubled.push_back(call.key + " was done again when its answer was recorded");
    }
  }
  for (const auto& [key, times] : counts_) {
    out.effects += times;
    if (times == 0) out.lost.push_back(key + " was never done");
    if (times > 1) out.doubled.push_back(key + " was done " + std::to_string(times) + " times");
  }
}

Findings Ledger::findings() const {
  const std::lock_guard lock(mutex_);
  Findings out = findings_;
  out.executions = static_cast<std::int64_t>(executions_.size());
  for (const auto& [name, ending] : executions_) {
    if (!ending) out.lost.push_back(name + " does not end");
  }
  check_effects(out);
  return out;
}

}  // namespace pawl::crash
