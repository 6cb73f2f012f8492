#include "engine/api/metrics.h"

#include <algorithm>
#include <sstream>

namespace pawl::engine {
namespace {

std::string head(std::string_view name, std::string_view help, std::string_view type) {
  std::string text = "# HELP ";
  text.append(name).append(" ").append(help).append("\n# TYPE ");
  text.append(name).append(" ").append(type).append("\n");
  return text;
}

std::string sample(std::string_view name, std::string_view labels, const std::string& value) {
  std::string text(name);
  if (!labels.empty()) text.append("{").append(labels).append("}");
  return text + " " + value + "\n";
}

}  // namespace

Metrics::Counter& Metrics::counter(const std::string& name,
                                   const std::string& labels,
                                   const std::string& help) {
  const std::lock_guard lock(mutex_);
  Family& family = families_[name];
  if (family.help.empty()) family.help = help;
  return family.values[labels];
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [name, family] : families_) {
    text += head(name, family.help, "counter");
    for (const auto& [labels, value] : family.values) {
      text += sample(name, labels, std::to_string(value.load()));
    }
  }
  return text;
}

void DurationHistogram::observe(std::int64_t ms) {
  const auto bound = std::lower_bound(kBoundsMs.begin(), kBoundsMs.end(), ms);
  ++counts_[static_cast<std::size_t>(bound - kBoundsMs.begin())];
  sum_ms_ += ms;
}

// [spec] Each bucket counts those below it too; le is an upper bound in seconds.
std::string DurationHistogram::text(std::string_view name, std::string_view help) const {
  const std::string prefix(name);
  std::string text = head(name, help, "histogram");
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    count += counts_[i].load();
    std::ostringstream bound;
    if (i < kBoundsMs.size()) {
      bound << static_cast<double>(kBoundsMs[i]) / 1000;
    } else {
      bound << "+Inf";
    }
    text += sample(prefix + "_bucket", "le=\"" + bound.str() + "\"", std::to_string(count));
  }
  return text +
         sample(prefix + "_sum", "", std::to_string(static_cast<double>(sum_ms_.load()) / 1000)) +
         sample(prefix + "_count", "", std::to_string(count));
}

std::string summary_text(std::string_view name,
                         std::string_view help,
                         std::uint64_t count,
                         double seconds) {
  const std::string prefix(name);
  return head(name, help, "summary") + sample(prefix + "_sum", "", std::to_string(seconds)) +
         sample(prefix + "_count", "", std::to_string(count));
}

std::string counter_text(std::string_view name, std::string_view help, std::uint64_t value) {
  return head(name, help, "counter") + sample(name, "", std::to_string(value));
}

std::string seconds_text(std::string_view name, std::string_view help, std::int64_t ms) {
  return head(name, help, "gauge") +
         sample(name, "", std::to_string(static_cast<double>(ms) / 1000));
}

std::string gauge_text(std::string_view name,
                       std::string_view labels,
                       std::string_view help,
                       std::int64_t value) {
  return head(name, help, "gauge") + sample(name, labels, std::to_string(value));
}

std::string gauge_text(std::string_view name,
                       const std::vector<std::pair<std::string, std::int64_t>>& samples,
                       std::string_view help) {
  std::string text = head(name, help, "gauge");
  for (const auto& [labels, value] : samples) text += sample(name, labels, std::to_string(value));
  return text;
}

}  // namespace pawl::engine
