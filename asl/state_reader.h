// Reads one object of a definition: checks it against its table, then compiles its fields,
// reporting what does not compile. What was refused reads as absent; a definition with an error is
// never run.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "asl/definition.h"
#include "asl/fields.h"

namespace pawl::asl {

class FieldReader {
 public:
  FieldReader(const Json& value,
              const ObjectRules& rules,
              const Reading& reading,
              const Place& place,
              Findings& findings);

  const Json* find(std::string_view name) const { return fields_.find(name); }
  bool has(std::string_view name) const { return fields_.has(name); }
  const Place& place() const { return place_; }
  Findings& findings() const { return findings_; }
  QueryLanguage language() const { return reading_.language; }
  const Reading& reading() const { return reading_; }

  std::string text_of(std::string_view name) const;  // empty when absent
  std::optional<std::int64_t> integer_of(std::string_view name) const;

  std::optional<Template> template_of(std::string_view name) const;
  std::optional<Template> output() const;
  // Assign: a template whose member names are variables.
  std::optional<Template> assign() const;
  std::optional<InputPathField> input_path(std::string_view name) const;
  std::optional<ResultPathField> result_path() const;
  // A path to one value.
  std::optional<Path> single_path(std::string_view name) const;
  std::optional<PathOrIntrinsic> path_or_intrinsic(std::string_view name) const;
  // A number, its ...Path twin or an expression.
  NumberField number_of(std::string_view name, std::string_view path_name) const;
  TextField text_field(std::string_view name, std::string_view path_name) const;
  std::optional<Expression> expression_of(std::string_view name) const;

 private:
  const Place& place_;
  Findings& findings_;
  Reading reading_;
  Fields fields_;
};

std::optional<Template> compile_template(const Json& source,
                                         QueryLanguage language,
                                         const Place& place,
                                         Findings& findings,
                                         const StatesMembers& offered = kStatesAtEntry);

// Nested graphs: what Parallel and Map ask of the parser that reads them.
class GraphParser {
 public:
  virtual ~GraphParser() = default;
  struct NestedGraph {
    const Json& json;
    const ObjectRules& rules;
    MachineType type = MachineType::kStandard;
  };
  // REQUIRES: `place` was kept.
  virtual GraphId parse_nested(const NestedGraph& graph, const Place& place) = 0;
  // A copy of `place` that lives as long as the parser. REQUIRES: so does the parent of `place`.
  virtual const Place& keep(const Place& place) = 0;
  // False when another Map has this label already.
  virtual bool claim_label(const std::string& label) = 0;
  virtual bool is_stored() const = 0;  // asl/parse_stored.h
  virtual MachineType type()
      const = 0;  // of the graph being read: children of a Distributed Map have their own
};

class StateReader : public FieldReader {
 public:
  StateReader(const Json& value,
              const ObjectRules& rules,
              const Reading& reading,
              const Place& place,
              Findings& findings,
              GraphParser& graphs)
      : FieldReader(value, rules, reading, place, findings), graphs_(graphs) {}

  GraphParser& graphs() const { return graphs_; }
  DataFlow data_flow() const;
  Exit exit() const;
  std::vector<Retrier> retriers() const;
  std::vector<Catcher> catchers() const;

 private:
  GraphParser& graphs_;
};

}  // namespace pawl::asl
