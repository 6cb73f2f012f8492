#include "tests/simulation/simulate.h"

#include "asl/parse.h"
#include "asl/text.h"

namespace pawl::simulation {
namespace {

std::string text_of(const std::optional<std::string>& text) { return text.value_or("(none)"); }

// "3<2 PassStateExited at 17", of the public events.
std::vector<std::string> lines_of(const std::vector<states::Event>& history) {
  std::vector<std::string> lines;
  for (const states::Event& event : history) {
    if (event.id == 0) continue;
    lines.push_back(std::to_string(event.id) + "<" + std::to_string(event.previous) + " " +
                    std::string(states::event_type(event.what)) + " at " +
                    std::to_string(event.at.ms - kBegin.ms));
  }
  return lines;
}

bool same_text(const std::optional<std::string>& predicted,
               const std::optional<std::string>& actual) {
  if (predicted == kAnyText) return actual.has_value();
  return predicted == actual;
}

// Neither failures of the disk nor crashes leave a trace in the history.
void compare_without_faults(const Case& simulated,
                            const std::shared_ptr<const asl::StateMachine>& machine,
                            Verdict& verdict) {
  if (simulated.is_wild || verdict.run.faults == 0 || !verdict.complaints.empty()) return;
  Case plain = simulated;
  plain.faults.clear();
  const std::vector<std::string> expected = lines_of(World(plain, machine).run().history);
  const std::vector<std::string> actual = lines_of(verdict.run.history);
  for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
    const std::string without = i < expected.size() ? expected[i] : "nothing";
    const std::string with = i < actual.size() ? actual[i] : "nothing";
    if (without == with) continue;
    verdict.complaints.push_back("with faults the history says " + with + ", without them " +
                                 without);
    return;
  }
}

}  // namespace

void compare(const Prediction& predicted, const Run& run, std::vector<std::string>& complaints) {
  if (predicted.status.empty() || !run.outcome) return;
  const states::Outcome& actual = *run.outcome;
  const bool agree = predicted.status == states::to_string(actual.status) &&
                     same_text(predicted.error, actual.error.name) &&
                     same_text(predicted.cause, actual.error.cause) &&
                     (!actual.output || agrees(predicted.output, actual.output->json()));
  if (agree) return;
  complaints.push_back("the model comes to " + predicted.status + " " +
                       asl::to_text(predicted.output) + ", error " + text_of(predicted.error) +
                       ", cause " + text_of(predicted.cause) + "\n  the execution to " +
                       std::string(states::to_string(actual.status)) + " " +
                       (actual.output ? actual.output->text() : "null") + ", error " +
                       text_of(actual.error.name) + ", cause " + text_of(actual.error.cause));
}

std::shared_ptr<const asl::StateMachine> machine_of(const Case& simulated, std::string* problem) {
  asl::Parsed parsed = asl::parse_definition(asl::to_text(simulated.definition));
  for (const asl::Diagnostic& diagnostic : parsed.diagnostics) {
    if (diagnostic.severity != asl::Severity::kError) continue;
    *problem = diagnostic.message + " at " + diagnostic.location.value_or("?");
    return nullptr;
  }
  return parsed.machine;
}

Verdict simulate(const Case& simulated) {
  Verdict verdict;
  std::string problem;
  const auto machine = machine_of(simulated, &problem);
  if (machine == nullptr) {
    verdict.complaints.push_back("the definition is refused: " + problem);
    return verdict;
  }
  verdict.prediction = predict(simulated);
  verdict.run = World(simulated, machine).run();
  verdict.complaints = verdict.run.complaints;
  if (verdict.complaints.empty()) compare(verdict.prediction, verdict.run, verdict.complaints);
  compare_without_faults(simulated, machine, verdict);
  return verdict;
}

std::string report(const Case& failing, const Verdict& verdict) {
  std::string text = "PAWL_SEED=" + std::to_string(failing.seed) + "\n";
  for (const std::string& complaint : verdict.complaints) text += complaint + "\n";
  const Case small = shrunk(failing);
  const Verdict again = simulate(small);
  text += "made smaller: " + to_json(small).dump(2) + "\n";
  for (const std::string& complaint : again.complaints) text += complaint + "\n";
  for (const std::string& line : lines_of(again.run.history)) text += "  " + line + "\n";
  return text;
}

}  // namespace pawl::simulation
