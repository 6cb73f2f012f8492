// pawl-crash: kills a server under load again and again, and says what was lost or done twice.
#include <CLI/CLI.hpp>
#include <iostream>
#include <random>

#include "tests/crash/rounds.h"

int main(int argc, char** argv) {
  pawl::crash::Plan plan;
  plan.rounds = 300;
  plan.seed = std::random_device{}();
  CLI::App app("Kills a pawl server under load again and again, and says what was lost.");
  app.add_option("--rounds", plan.rounds, "How often it is killed, at least")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--seed", plan.seed, "Repeats the moments of the kills");
  app.add_option("--clients", plan.clients, "That start executions, one after the other")
      ->check(CLI::Range(1, 64));
  CLI11_PARSE(app, argc, argv);
  std::cout << "seed: " << plan.seed << ", rounds: " << plan.rounds << std::endl;
  const pawl::crash::Outcome outcome = pawl::crash::run_rounds(plan);
  pawl::crash::print(outcome, std::cout);
  return outcome.findings.is_clean() ? 0 : 1;
}
