// Definitions by the dice: every state type, nested, in both query languages.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/simulation/case.h"
#include "tests/simulation/dice.h"

namespace pawl::simulation {

// Most states pass on a document of one shape, so that what comes behind them finds something:
// {"k": number, "n": number, "s": text, "l": [numbers], "o": {"x": number}}, and results beside.
class Generator {
 public:
  Generator(Dice& dice, bool is_wild) : dice_(dice), is_wild_(is_wild) {}

  Json machine();
  Json input();

 private:
  // What a state that is being made may refer to.
  struct Surroundings {
    int depth = 0;
    bool in_map = false;
    bool jsonata_only = false;
    std::set<std::string> variables;  // set for sure when the state is entered
  };
  // Where a graph's states lead.
  struct Spot {
    std::vector<std::string> names;  // of the graph, in order; the last one ends it
    std::size_t at = 0;
    bool knows_document = true;
    bool jsonata = false;
    bool ends() const { return at + 1 == names.size(); }
  };

  Json graph(Surroundings around, bool knows_document);
  Json state(Spot& spot, Surroundings& around);

  // generator.cpp
  Json pass(Spot& spot, Surroundings& around);
  Json counting(const Spot& spot) const;
  Json wait(const Spot& spot, const Surroundings& around);
  Json choice(const Spot& spot, Surroundings& around);
  Json looping(const Spot& spot, std::size_t back_to);
  Json last(const Spot& spot);
  Json task(Spot& spot, Surroundings& around);
  Json parallel(Spot& spot, Surroundings& around);
  Json map(Spot& spot, Surroundings& around);
  Json task_fields(const Spot& spot, const Surroundings& around, bool jsonata);
  void exit(Json& state, const Spot& spot) const;

  // generator_fields.cpp
  void take_result(Json& state, Spot& spot, Surroundings& around, bool jsonata, bool is_array);
  void handlers(Json& state, Spot& spot, bool jsonata);
  void tolerance(Json& state);
  void assign(Json& state, const Spot& spot, Surroundings& around, bool jsonata);
  Json template_of(const Spot& spot, const Surroundings& around, bool jsonata);
  Json document(bool jsonata, bool counts) const;
  Json item_document(bool jsonata) const;
  std::string path(const Spot& spot, const Surroundings& around);
  std::string intrinsic(const Spot& spot, const Surroundings& around);
  std::string expression(const Spot& spot, const Surroundings& around);
  std::string error_name();

  std::string fresh(const char* kind) { return kind + std::to_string(++names_); }
  bool chance(std::uint64_t one_in) { return dice_.one_in(one_in); }

  Dice& dice_;
  const bool is_wild_;
  int names_ = 0;
};

}  // namespace pawl::simulation
