// kill -9 between what a request does and its answer: sent again under its key it does nothing
// twice.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "tests/end_to_end/server_process.h"

namespace pawl::engine {
namespace {

constexpr const char* kStarts = "/api/v1/state-machines/patient/executions";

Headers key_of(const std::string& key, const std::string& prefer = "") {
  Headers headers;
  headers.set("Idempotency-Key", key);
  if (!prefer.empty()) headers.set("Prefer", prefer);
  return headers;
}

void create_machine(const ServerProcess& server) {
  const Json wait = {{"Type", "Wait"}, {"Seconds", 600}, {"End", true}};
  const Answer made = server.post(
      "/api/v1/state-machines",
      {{"name", "patient"}, {"definition", {{"StartAt", "W"}, {"States", {{"W", wait}}}}}});
  ASSERT_EQ(made.status, 201) << made.body;
}

Json executions(const ServerProcess& server) {
  return server.get("/api/v1/executions?pageSize=1000").json().at("items");
}

TEST(IdempotencyKeys, AStartWhoseAnswerDiedWithTheServerIsAnsweredWithTheExecutionItHadStarted) {
  ServerProcess server;
  create_machine(server);
  const Json body = {{"input", {{"n", 1}}}};
  // It has started its execution, and waits for the end of it, when the server dies.
  std::thread client([&] { server.post(kStarts, body, key_of("k-1", "wait=300")); });
  EXPECT_TRUE(eventually([&] { return executions(server).size() == 1; })) << server.log();
  server.kill9();
  client.join();
  server.start();
  const Answer again = server.post(kStarts, body, key_of("k-1"));
  EXPECT_EQ(again.status, 202) << again.body;
  EXPECT_FALSE(again.headers.has("Idempotency-Replayed"));
  ASSERT_EQ(executions(server).size(), 1U);
  EXPECT_EQ(again.json().at("id"), executions(server)[0].at("id"));
  // Now the answer is kept, and outlives the next death.
  server.kill9();
  server.start();
  const Answer replayed = server.post(kStarts, body, key_of("k-1"));
  EXPECT_EQ(replayed.headers.get("Idempotency-Replayed"), "true");
  EXPECT_EQ(replayed.body, again.body);
  EXPECT_EQ(server.post(kStarts, {{"input", 2}}, key_of("k-1")).status, 422);
  EXPECT_EQ(executions(server).size(), 1U);
}

// Sends starts under keys of its own until nobody answers.
class Client {
 public:
  Client(const ServerProcess& server, int number) : server_(server), number_(number) {}

  void send_until_it_dies() {
    for (;;) {
      const std::string key = std::to_string(number_) + "-" + std::to_string(answers_.size());
      const Answer answer = server_.post(kStarts, {{"input", key}}, key_of(key));
      answers_[key] = answer.status == 202 ? answer.body : "";
      if (answer.status == 0) return;
    }
  }
  // Every request once more; the executions they name.
  void send_all_again(std::set<std::string>& executions) const {
    for (const auto& [key, body] : answers_) {
      const Answer answer = server_.post(kStarts, {{"input", key}}, key_of(key));
      ASSERT_EQ(answer.status, 202) << answer.body;
      if (!body.empty()) {
        EXPECT_EQ(answer.body, body);
      }
      EXPECT_EQ(answer.json().at("input"), key);
      executions.insert(answer.json().at("id"));
    }
  }
  std::size_t sent() const { return answers_.size(); }

 private:
  const ServerProcess& server_;
  const int number_;
  std::map<std::string, std::string> answers_;
};

TEST(IdempotencyKeys, KilledAtAnyMomentEveryKeyHasStartedOneExecution) {
  ServerProcess server;
  create_machine(server);
  std::mt19937 random(std::random_device{}());
  std::set<std::string> named;
  std::size_t sent = 0;
  for (int round = 0; round < 3; ++round) {
    std::vector<Client> clients;
    for (int i = 0; i < 4; ++i) clients.emplace_back(server, 10 * round + i);
    std::vector<std::thread> threads;
    for (Client& client : clients) threads.emplace_back([&] { client.send_until_it_dies(); });
    const auto patience = std::chrono::milliseconds(50 + random() % 200);
    const auto killed_at = std::chrono::steady_clock::now() + patience;
    eventually([&] { return std::chrono::steady_clock::now() >= killed_at; });
    server.kill9();
    for (std::thread& thread : threads) thread.join();
    server.start();
    for (const Client& client : clients) {
      client.send_all_again(named);
      sent += client.sent();
    }
  }
  EXPECT_EQ(named.size(), sent);
  std::set<std::string> there;
  for (std::string page = "/api/v1/executions?pageSize=1000"; !page.empty();) {
    const Json body = server.get(page).json();
    for (const Json& item : body.at("items")) there.insert(item.at("id"));
    page = body.contains("nextPageToken")
               ? "/api/v1/executions?pageSize=1000&pageToken=" +
                     percent_encode(body.at("nextPageToken").get<std::string>())
               : "";
  }
  EXPECT_EQ(there, named);
}

}  // namespace
}  // namespace pawl::engine
