#include "asl/variables.h"

#include <optional>
#include <set>

namespace pawl::asl {

namespace {

// Collects the names; one overload for each kind of field.
class Reader {
 public:
  void read(const Path& path) {
    if (!path.variable().empty()) names_.insert(path.variable());
  }
  void read(const Template& source) { add(source.variables_read()); }
  void read(const PathOrIntrinsic& source) { add(source.variables_read()); }
  void read(const Expression& source) { add(source.variables_read()); }
  void read(const ChoiceTest& test) { add(test.variables_read()); }
  void read(const InputPathField& field) {
    if (const auto* path = std::get_if<Path>(&field)) read(*path);
  }
  void read(const NumberField& field) {
    if (const auto* path = std::get_if<Path>(&field)) read(*path);
    if (const auto* source = std::get_if<Expression>(&field)) read(*source);
  }
  void read(const TextField& field) {
    if (const auto* source = std::get_if<PathOrIntrinsic>(&field)) read(*source);
    if (const auto* source = std::get_if<Expression>(&field)) read(*source);
  }
  template <class T>
  void read(const std::optional<T>& field) {
    if (field) read(*field);
  }

  void read(const DataFlow& data) {
    read(data.input_path);
    read(data.output_path);
    for (const auto* source :
         {&data.parameters, &data.result_selector, &data.arguments, &data.output, &data.assign}) {
      read(*source);
    }
  }
  void read(const std::vector<Catcher>& catchers) {
    for (const Catcher& catcher : catchers) {
      read(catcher.assign);
      read(catcher.output);
    }
  }
  void read(const ItemReader& reader) {
    read(reader.request);
    read(reader.max_items);
  }
  void read(const ItemBatcher& batcher) {
    read(batcher.max_items);
    read(batcher.max_bytes);
    read(batcher.input);
  }
  void read(const ResultWriter& writer) { read(writer.request); }

  void operator()(const Pass&) {}
  void operator()(const Succeed&) {}
  void operator()(const Task& task) {
    read(task.credentials);
    read(task.timeout_seconds);
    read(task.heartbeat_seconds);
    read(task.catchers);
  }
  void operator()(const Choice& choice) {
    for (const ChoiceRule& rule : choice.rules) {
      read(rule.test);
      read(rule.assign);
      read(rule.output);
    }
  }
  void operator()(const Wait& wait) {
    if (const auto* seconds = std::get_if<WaitSecondsPath>(&wait.until)) read(seconds->path);
    if (const auto* until = std::get_if<WaitTimestampPath>(&wait.until)) read(until->path);
    if (const auto* seconds = std::get_if<WaitSecondsExpression>(&wait.until)) {
      read(seconds->seconds);
    }
    if (const auto* until = std::get_if<WaitTimestampExpression>(&wait.until)) {
      read(until->timestamp);
    }
  }
  void operator()(const Fail& fail) {
    read(fail.error);
    read(fail.cause);
  }
  void operator()(const Parallel& parallel) { read(parallel.catchers); }
  void operator()(const Map& map) {
    read(map.items_path);
    read(map.items);
    read(map.item_selector);
    read(map.max_concurrency);
    read(map.tolerated_failure_percentage);
    read(map.tolerated_failure_count);
    read(map.item_reader);
    read(map.item_batcher);
    read(map.result_writer);
    read(map.catchers);
  }

  std::vector<std::string> take() const { return {names_.begin(), names_.end()}; }

 private:
  void add(const std::vector<std::string>& names) { names_.insert(names.begin(), names.end()); }

  std::set<std::string> names_;
};

}  // namespace

std::map<std::string, std::vector<std::string>> variables_read(const StateMachine& machine) {
  std::map<std::string, std::vector<std::string>> by_state;
  for (const auto& [name, state] : machine.states) {
    Reader reader;
    reader.read(state.data);
    std::visit(reader, state.kind);
    if (auto names = reader.take(); !names.empty()) by_state.emplace(name, std::move(names));
  }
  return by_state;
}

}  // namespace pawl::asl
