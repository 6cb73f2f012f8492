// Forks in the engine: what is done stays done, a crash changes nothing, a failing disk neither.
#include <gtest/gtest.h>

#include "tests/engine/runtime/harness.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {
namespace {

using states::Status;
using testing::Fate;
using testing::json;
using testing::Outside;
using testing::Rig;

constexpr const char* kBranching = R"({"StartAt":"A","States":{
  "A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:a","Next":"P"},
  "P":{"Type":"Parallel","Next":"Z","Branches":[
    {"StartAt":"T","States":{"T":{"Type":"Task","End":true,
      "Resource":"arn:aws:lambda:us-east-1:123456789012:function:t"}}},
    {"StartAt":"U","States":{"U":{"Type":"Task","End":true,
      "Resource":"arn:aws:lambda:us-east-1:123456789012:function:u"}}}]},
  "Z":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:z","End":true}}})";

struct ForkWorld {
  testing::TemporaryFolder folder;
  std::unique_ptr<Rig> rig;
  StartRequest origin;
};

// Every function answers with its name and how often it was called.
std::unique_ptr<ForkWorld> make_fork_world(const std::string& store) {
  auto world = std::make_unique<ForkWorld>();
  world->rig = std::make_unique<Rig>(store == "sqlite" ? "sqlite:" + world->folder.file("pawl.db")
                                                       : "memory:");
  Rig& rig = *world->rig;
  rig.outside.answer = [](Outside::Call& made) {
    const std::string& arn = made.call.task.resource;
    made.reply->succeeded(json("\"" + arn.substr(arn.rfind(':') + 1) + "\""));
  };
  world->origin = rig.request(kBranching, "origin");
  rig.start(world->origin);
  rig.run_through_time();
  EXPECT_EQ(rig.output(world->origin.info.arn), "\"z\"");
  return world;
}

StartRequest fork_request(ForkWorld& world, const std::string& state, const std::string& name) {
  Rig& rig = *world.rig;
  const ExecutionRow row = rig.row(world.origin.info.arn);
  const states::History history{std::make_shared<const states::ExecutionInfo>(row.what.info),
                                {{world.origin.machine, states::kToTheEnd}},
                                rig.events(row.what.info.arn)};
  states::EventId entered = 0;
  for (const states::Event& event : history.events) {
    const auto* fact = std::get_if<states::StateEntered>(&event.what);
    if (fact != nullptr && fact->name == state) entered = event.id;
  }
  ForkRequest request;
  request.plan = std::get<states::ForkPlan>(states::plan_fork(history, entered));
  request.origin = {row.what.info.arn, entered, request.plan.shared};
  const states::Scope& scope = request.plan.execution.scopes.at(request.plan.scope);
  request.fork = {request.plan.scope,
                  {row.what.info.arn, entered, scope.at, scope.input, {}, std::nullopt}};
  StartRequest wanted = world.origin;
  wanted.info.name = name;
  wanted.info.arn = "arn:aws:states:us-east-1:123456789012:execution:m:" + name;
  wanted.fork = std::make_shared<const ForkRequest>(std::move(request));
  return wanted;
}

// The functions that were called for this execution.
std::string called_for(const Rig& rig, const std::string& arn) {
  std::set<std::string> names;
  for (const Outside::Call& made : rig.outside.calls) {
    const std::string& resource = made.call.task.resource;
    if (made.call.execution_arn == arn) names.insert(resource.substr(resource.rfind(':') + 1));
  }
  std::string all;
  for (const std::string& name : names) all += name;
  return all;
}

class ForkTest : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Stores,
                         ForkTest,
                         ::testing::Values("memory", "sqlite"),
                         [](const auto& param) { return param.param; });

TEST_P(ForkTest, RunsFromItsStepOnAndNothingThatWasDoneBefore) {
  const auto world = make_fork_world(GetParam());
  Rig& rig = *world->rig;
  const StartRequest late = fork_request(*world, "Z", "late");
  const auto answer = rig.start(late);
  EXPECT_EQ(std::get<Started>(answer.value()).start_time, rig.clock.now());
  rig.run_through_time();
  EXPECT_EQ(rig.output(late.info.arn), "\"z\"");
  EXPECT_EQ(called_for(rig, late.info.arn), "z");
  EXPECT_EQ(rig.history(late.info.arn), rig.history(world->origin.info.arn));
  const StartRequest inside = fork_request(*world, "T", "inside");
  rig.start(inside);
  rig.run_through_time();
  EXPECT_EQ(rig.output(inside.info.arn), "\"z\"");
  EXPECT_EQ(called_for(rig, inside.info.arn), "tz");
  EXPECT_EQ(rig.row(inside.info.arn).what.fork->execution_arn, world->origin.info.arn);
}

TEST_P(ForkTest, ANameThatIsTakenIsRefused) {
  const auto world = make_fork_world(GetParam());
  Rig& rig = *world->rig;
  const auto answer = rig.start(fork_request(*world, "Z", "origin"));
  EXPECT_EQ(std::get<EngineError>(answer.value()), EngineError::kAlreadyExists);
  rig.outside.answer = nullptr;
  rig.start(fork_request(*world, "Z", "twice"));
  const auto again = rig.start(fork_request(*world, "Z", "twice"));
  EXPECT_EQ(std::get<EngineError>(again.value()), EngineError::kAlreadyExists);
}

void expect_whole(Rig& rig, const std::string& arn, const std::string& functions, int n) {
  EXPECT_EQ(rig.output(arn), "\"z\"") << "append " << n;
  EXPECT_EQ(called_for(rig, arn), functions) << "append " << n;
  states::Sequence sequence = 0;
  states::EventId id = 0;
  for (const states::Event& event : rig.events(arn)) {
    EXPECT_EQ(event.sequence, ++sequence);
    if (event.id != 0) {
      EXPECT_EQ(event.id, ++id);
    }
  }
  for (const auto& [token, count] : rig.outside.done_count) EXPECT_EQ(count, 1) << token;
}

TEST_P(ForkTest, ACrashBeforeOrAfterAnyOfItsAppendsChangesNothing) {
  for (const auto& [state, functions] : {std::pair("Z", "z"), std::pair("T", "tz")}) {
    for (const Fate fate : {Fate::kCrash, Fate::kWriteThenCrash}) {
      int n = 0;
      for (bool crashed = true; crashed;) {
        ++n;
        const auto world = make_fork_world(GetParam());
        Rig& rig = *world->rig;
        const StartRequest request = fork_request(*world, state, "fork");
        rig.fateful->fateful.appends = 0;
        rig.fateful->fateful.fate = [n, fate](int i) { return i == n ? fate : Fate::kWrite; };
        const auto started = rig.start(request);
        rig.run_through_time();
        crashed = rig.fateful->fateful.crashed;
        if (crashed) rig.restart();
        // A fork that nobody was told of is asked for again; the name makes it one.
        if (!started) rig.start(request);
        rig.run_through_time();
        expect_whole(rig, request.info.arn, functions, n);
      }
      EXPECT_GT(n, 2);
    }
  }
}

TEST_P(ForkTest, WithANewDefinitionIsReadBackWithTheOneThatEachEventWasDecidedWith) {
  const auto world = make_fork_world(GetParam());
  Rig& rig = *world->rig;
  const StartRequest other = rig.request(R"({"StartAt":"Z","States":{"Z":{"Type":"Task","End":true,
      "Resource":"arn:aws:lambda:us-east-1:123456789012:function:other"}}})",
                                         "other");
  StartRequest request = fork_request(*world, "Z", "fork");
  request.machine = other.machine;
  request.machine_revision = other.machine_revision;
  const auto answer = std::exchange(rig.outside.answer, nullptr);
  rig.start(request);
  rig.restart();
  rig.outside.answer = answer;
  rig.run_through_time();
  EXPECT_EQ(rig.output(request.info.arn), "\"other\"");
  EXPECT_EQ(called_for(rig, request.info.arn), "other");
  EXPECT_EQ(rig.row(request.info.arn).inherited.at(0).machine_revision,
            world->origin.machine_revision);
}

TEST_P(ForkTest, ThatTheDiskDoesNotTakeNeverHappened) {
  const auto world = make_fork_world(GetParam());
  Rig& rig = *world->rig;
  const StartRequest request = fork_request(*world, "T", "fork");
  rig.fateful->fateful.fate = [](int) { return Fate::kFail; };
  EXPECT_EQ(std::get<EngineError>(rig.start(request).value()), EngineError::kUnavailable);
  EXPECT_EQ(called_for(rig, request.info.arn), "");
  EXPECT_EQ(rig.engine->live_count(), 0U);
  rig.fateful->fateful.fate = [](int) { return Fate::kWrite; };
  EXPECT_TRUE(std::holds_alternative<Started>(rig.start(request).value()));
  rig.run_through_time();
  expect_whole(rig, request.info.arn, "tz", 1);
}

}  // namespace
}  // namespace pawl::engine
