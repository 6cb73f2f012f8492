#include "tests/crash/clients.h"

#include "asl/text.h"

namespace pawl::crash {
namespace {

constexpr auto kRetryEvery = std::chrono::milliseconds(3);
constexpr auto kLookEvery = std::chrono::milliseconds(8);
constexpr auto kExchange = std::chrono::milliseconds(10'000);
constexpr std::int64_t kPatienceMs = 120'000;
constexpr const char* kPrefix = "arn:aws:states:us-east-1:123456789012:";

std::string machine_arn(const std::string& name) {
  return std::string(kPrefix) + "stateMachine:" + name;
}
std::string execution_arn(const std::string& machine, const std::string& name) {
  return std::string(kPrefix) + "execution:" + machine + ":" + name;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

}  // namespace

Clients::~Clients() { finish(); }

std::optional<Clients::Answer> Clients::action_once(const std::string& name, const Json& request) {
  engine::ClientRequest call;
  call.method = "POST";
  call.url = url_ + "/";
  call.headers.set("X-Amz-Target", "AWSStepFunctions." + name);
  call.headers.set("Content-Type", "application/x-amz-json-1.0");
  call.body = asl::to_text(request);
  call.timeout = kExchange;
  const engine::ClientResult result = http_.send(std::move(call));
  const auto* response = std::get_if<engine::HttpResponse>(&result);
  if (response == nullptr) return std::nullopt;
  // What a server says that cannot do its work yet is no answer.
  if (response->status >= 500) return std::nullopt;
  silence_.answered();
  return Answer{response->status, Json::parse(response->body)};
}

Clients::Answer Clients::action(const std::string& name, const Json& request) {
  const std::int64_t until_ms = now_ms() + kPatienceMs;
  while (now_ms() < until_ms) {
    if (auto answer = action_once(name, request)) return *std::move(answer);
    std::this_thread::sleep_for(kRetryEvery);
  }
  throw std::runtime_error("nobody answers " + name);
}

void Clients::create(const Workload& workload) {
  const Answer created = action("CreateStateMachine",
                                {{"name", workload.name},
                                 {"definition", workload.definition},
                                 {"roleArn", "arn:aws:iam::123456789012:role/r"}});
  if (created.status != 200) throw std::runtime_error(asl::to_text(created.body));
}

void Clients::keep_running(const Workload& workload, int client) {
  threads_.emplace_back([this, workload, client] {
    for (int i = 0; !finishing_; ++i) {
      const std::string name =
          workload.name + "-" + std::to_string(client) + "-" + std::to_string(i);
      try {
        run_one(workload, name);
      } catch (const std::exception& e) {
        ledger_.complain(name + ": " + e.what());
        return;
      }
    }
  });
}

void Clients::finish() {
  finishing_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Clients::run_one(const Workload& workload, const std::string& name) {
  const std::string execution = execution_arn(workload.name, name);
  const Answer started = action(
      "StartExecution",
      {{"stateMachineArn", machine_arn(workload.name)}, {"name", name}, {"input", workload.input}});
  // It was started, and the server died before it said so; meanwhile it has ended.
  const bool was_started = started.body.value("__type", "").ends_with("ExecutionAlreadyExists");
  if (started.status != 200 && !was_started) {
    throw std::runtime_error(asl::to_text(started.body));
  }
  ledger_.acknowledged(execution);
  {
    const std::lock_guard lock(mutex_);
    started_.emplace_back(workload.name, name);
  }
  const std::int64_t until_ms = now_ms() + kPatienceMs;
  std::optional<Ending> ending;
  while (!(ending = ending_of(execution))) {
    if (now_ms() > until_ms) throw std::runtime_error("it does not end");
    std::this_thread::sleep_for(kLookEvery);
  }
  ledger_.ended(execution, *ending, history_of(execution), workload.events);
  if (ending->output != replaced(workload.output, "NAME", name)) {
    ledger_.complain(execution + " has the output " + ending->output);
  }
}

std::optional<Ending> Clients::ending_of(const std::string& execution) {
  const Answer answer = action("DescribeExecution", {{"executionArn", execution}});
  if (answer.status != 200 || answer.body.at("status") == "RUNNING") return std::nullopt;
  return Ending{answer.body.at("status").get<std::string>(),
                answer.body.value("output", ""),
                answer.body.at("stopDate").get<double>()};
}

Json Clients::history_of(const std::string& execution) {
  const Answer answer =
      action("GetExecutionHistory", {{"executionArn", execution}, {"maxResults", 1000}});
  if (answer.status != 200) throw std::runtime_error(asl::to_text(answer.body));
  return answer.body.at("events");
}

std::vector<std::string> Clients::started(const std::string& workload) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [of, name] : started_) {
    if (of == workload) names.push_back(name);
  }
  return names;
}

}  // namespace pawl::crash
