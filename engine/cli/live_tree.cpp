#include "engine/cli/live_tree.h"

#include <map>
#include <ostream>

#include "engine/cli/server_client.h"
#include "states/steps.h"

namespace pawl::engine {

namespace {

const char* mark_of(const std::string& status) {
  if (status == "SUCCEEDED") return "\u2713";
  if (status == "RUNNING") return "\u2026";
  if (status == "CAUGHT_ERROR") return "!";
  return "\u2717";
}

std::string line_of(const states::StepRecord& step, const std::map<states::EventId, int>& depths) {
  std::string line(static_cast<std::size_t>(2 * depths.at(step.entered_event)), ' ');
  line += mark_of(step.status);
  line += " " + step.state;
  if (step.index) line += "[" + std::to_string(*step.index) + "]";
  line += " (" + std::string(asl::to_string(step.type)) + ")";
  if (step.exited_at) line += " " + duration_text(step.exited_at->ms - step.entered_at.ms);
  if (step.attempts.size() > 1) line += ", " + std::to_string(step.attempts.size()) + " attempts";
  if (step.error && step.error->name) line += ": " + *step.error->name;
  return line;
}

std::map<states::EventId, int> depths_of(const std::vector<states::StepRecord>& steps) {
  std::map<states::EventId, int> depths;
  for (const states::StepRecord& step : steps) {
    const auto parent = depths.find(step.parent);
    depths[step.entered_event] = parent == depths.end() ? 0 : parent->second + 1;
  }
  return depths;
}

}  // namespace

void LiveTree::add(const states::Event& event) {
  const std::lock_guard lock(mutex_);
  events_.push_back(event);
  if (is_terminal_) {
    draw();
  } else {
    print_ended();
  }
}

void LiveTree::finish() {
  const std::lock_guard lock(mutex_);
  if (is_terminal_) draw();
  out_ << std::flush;
}

void LiveTree::draw() {
  const std::vector<states::StepRecord> steps = states::steps_of(events_);
  const auto depths = depths_of(steps);
  // Back to the tree's first line, then everything anew.
  if (lines_drawn_ > 0) out_ << "\x1b[" << lines_drawn_ << "F";
  for (const states::StepRecord& step : steps) out_ << "\x1b[2K" << line_of(step, depths) << "\n";
  lines_drawn_ = steps.size();
  out_ << std::flush;
}

void LiveTree::print_ended() {
  const std::vector<states::StepRecord> steps = states::steps_of(events_);
  const auto depths = depths_of(steps);
  printed_.resize(steps.size(), false);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (printed_[i] || steps[i].status == "RUNNING") continue;
    out_ << line_of(steps[i], depths) << "\n";
    printed_[i] = true;
  }
  out_ << std::flush;
}

}  // namespace pawl::engine
