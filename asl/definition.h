// The syntax tree of a state machine definition. Made by asl/parse.h, immutable afterwards, shared
// by threads. [spec] https://states-language.net/spec.html
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "asl/choice_rule.h"
#include "asl/expression.h"
#include "asl/path.h"
#include "asl/template.h"
#include "asl/timestamp.h"

namespace pawl::asl {

struct StateName {
  std::string name;
};
struct End {};
using Exit = std::variant<StateName, End>;  // Next or End: never both, never neither

struct NullPath {};                                   // InputPath, OutputPath, ResultPath: null
using InputPathField = std::variant<NullPath, Path>;  // absent in the text: the path "$"
using ResultPathField = std::variant<NullPath, ReferencePath>;

// A number that is written down, read by a path, or computed; monostate when the field is absent.
using NumberField = std::variant<std::monostate, double, Path, Expression>;
// A text that is written down, read by a path or intrinsic, or computed.
using TextField = std::variant<std::monostate, std::string, PathOrIntrinsic, Expression>;

struct Retrier {
  std::vector<std::string> error_equals;
  std::int64_t interval_seconds = 1;
  std::int64_t max_attempts = 3;
  double backoff_rate = 2.0;
  std::optional<std::int64_t> max_delay_seconds;
  enum class Jitter { kNone, kFull } jitter = Jitter::kNone;
};

struct Catcher {
  std::vector<std::string> error_equals;
  StateName next;
  ResultPathField result_path;  // JSONPath
  std::optional<Template> assign;
  std::optional<Template> output;  // JSONata
};

// The fields that shape a state's data, whichever state type it is.
struct DataFlow {
  std::optional<InputPathField> input_path;    // JSONPath; nullopt is "$"
  std::optional<Template> parameters;          // JSONPath: Parameters
  std::optional<Template> result_selector;     // JSONPath
  std::optional<ResultPathField> result_path;  // JSONPath; nullopt is "$"
  std::optional<InputPathField> output_path;   // JSONPath; nullopt is "$"
  std::optional<Template> arguments;           // JSONata
  std::optional<Template> output;              // JSONata
  std::optional<Template> assign;              // both
};

using GraphId = int;  // index into StateMachine::graphs; 0 is the machine's own

struct Pass {
  std::optional<Payload> result;  // JSONPath
  Exit exit;
};

struct Task {
  std::string resource;
  std::optional<Template> credentials;
  NumberField timeout_seconds;
  NumberField heartbeat_seconds;
  std::vector<Retrier> retry;
  std::vector<Catcher> catchers;
  Exit exit;
};

struct ChoiceRule {
  ChoiceTest test;
  StateName next;
  std::optional<Template> assign;
  std::optional<Template> output;
};
struct Choice {
  std::vector<ChoiceRule> rules;
  std::optional<StateName> fallback;  // Default
};

struct WaitSeconds {
  std::int64_t seconds = 0;
};
struct WaitSecondsPath {
  Path path;
};
struct WaitUntil {
  Timestamp at;
};
struct WaitTimestampPath {
  Path path;
};
struct WaitSecondsExpression {
  Expression seconds;
};
struct WaitTimestampExpression {
  Expression timestamp;
};
struct Wait {
  std::variant<WaitSeconds,
               WaitSecondsPath,
               WaitUntil,
               WaitTimestampPath,
               WaitSecondsExpression,
               WaitTimestampExpression>
      until;
  Exit exit;
};

struct Succeed {};  // has no exit, so it cannot have one by mistake

struct Fail {
  TextField error;
  TextField cause;
};

struct Parallel {
  std::vector<GraphId> branches;
  std::vector<Retrier> retry;
  std::vector<Catcher> catchers;
  Exit exit;
};

// Where a Distributed Map's items come from, how they are batched, where its results go.
struct ItemReader {
  std::string resource;             // "arn:aws:states:::s3:getObject"
  std::optional<Template> request;  // Parameters or Arguments
  Json config = Json::object();     // ReaderConfig as written
  NumberField max_items;
};
struct ItemBatcher {
  NumberField max_items;
  NumberField max_bytes;
  std::optional<Template> input;  // BatchInput
};
struct ResultWriter {
  std::string resource;  // empty: the results stay in the state's output
  std::optional<Template> request;
  std::string transformation;  // NONE, COMPACT, FLATTEN or empty
  std::string output_type;     // JSON, JSONL or empty
};

struct Map {
  GraphId processor = 0;           // ItemProcessor, or Iterator (its older name)
  bool distributed = false;        // ProcessorConfig.Mode DISTRIBUTED
  std::string execution_type;      // ProcessorConfig.ExecutionType: STANDARD, EXPRESS or empty
  std::optional<Path> items_path;  // JSONPath
  std::optional<Template> items;   // JSONata
  std::optional<Template> item_selector;  // ItemSelector, or Parameters (its older name)
  NumberField max_concurrency;
  NumberField tolerated_failure_percentage;
  NumberField tolerated_failure_count;
  std::string label;                      // as written; submachine.h makes one where it is missing
  std::optional<ItemReader> item_reader;  // only distributed maps use these three
  std::optional<ItemBatcher> item_batcher;
  std::optional<ResultWriter> result_writer;
  std::vector<Retrier> retry;
  std::vector<Catcher> catchers;
  Exit exit;
};

using StateKind = std::variant<Pass, Task, Choice, Wait, Succeed, Fail, Parallel, Map>;

// In the order of StateKind's alternatives, so that index() converts.
enum class StateType { kPass, kTask, kChoice, kWait, kSucceed, kFail, kParallel, kMap };
std::string_view to_string(StateType type);  // "Pass"
std::optional<StateType> state_type_of(std::string_view text);

struct State {
  std::string name;
  GraphId graph = 0;  // the graph it stands in
  QueryLanguage language = QueryLanguage::kJsonPath;
  DataFlow data;
  StateKind kind;

  StateType type() const { return static_cast<StateType>(kind.index()); }
};

// The machine itself, a Parallel branch or a Map's processor.
struct Graph {
  std::string start_at;
  std::vector<std::string> states;  // in the order of the text
};

struct StateMachine {
  std::string comment;
  QueryLanguage language = QueryLanguage::kJsonPath;
  std::optional<std::int64_t> timeout_seconds;
  std::vector<Graph> graphs;
  // [seen] State names are unique in the whole definition, nested graphs included, so a name alone
  // finds its state.
  std::unordered_map<std::string, State> states;

  // REQUIRES: `name` is a state of this machine (the definition was validated).
  const State& state(const std::string& name) const { return states.at(name); }
};

}  // namespace pawl::asl
