#include "engine/cli/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

#include "asl/text.h"
#include "asl/timestamp.h"
#include "engine/http/log_fields.h"

namespace pawl::engine {

namespace {

// {"time": "2026-01-31T12:00:00.123Z", "level": "info", "message": "..."}, and the fields.
class JsonLines final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    const asl::Timestamp time{duration_cast<milliseconds>(message.time.time_since_epoch()).count()};
    const spdlog::string_view_t level = spdlog::level::to_string_view(message.level);
    asl::Json members = {{"time", asl::format_timestamp(time)},
                         {"level", std::string(level.data(), level.size())},
                         {"message", std::string(message.payload.data(), message.payload.size())}};
    for (const auto& [name, value] : LogFields::current()) members[name] = value;
    const std::string line = asl::to_text(members) + "\n";
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonLines>();
  }
};

// spdlog's own line, and the fields behind it: "[...] [info] message requestId=..."
class TextLines final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    line_.format(message, out);
    for (const auto& [name, value] : LogFields::current()) {
      const std::string field = " " + name + "=" + value;
      out.append(field.data(), field.data() + field.size());
    }
    out.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<TextLines>();
  }

 private:
  spdlog::pattern_formatter line_{"%+", spdlog::pattern_time_type::local, ""};
};

spdlog::sink_ptr sink_of(const Config& config) {
  spdlog::sink_ptr sink;
  if (config.log_file.empty()) {
    sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  } else {
    sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        config.log_file, std::size_t{config.log_file_megabytes} << 20, config.log_files);
  }
  const bool is_for_programs = config.log_format == LogFormat::kJson ||
                               (config.log_format == LogFormat::kAuto &&
                                !(config.log_file.empty() && isatty(STDERR_FILENO) == 1));
  if (is_for_programs) {
    sink->set_formatter(std::make_unique<JsonLines>());
  } else {
    sink->set_formatter(std::make_unique<TextLines>());
  }
  return sink;
}

// Whoever follows the log sees a line when it is written.
void set_level(const Config& config) {
  const auto level = spdlog::level::from_str(config.log_level);
  spdlog::set_level(level);
  spdlog::flush_on(level);
}

}  // namespace

// Its one sink is exchanged under the lock that every line takes.
class Logging::Output final : public spdlog::sinks::dist_sink_mt {};

Logging::Logging(const Config& config) : output_(std::make_shared<Output>()) {
  try {
    output_->set_sinks({sink_of(config)});
  } catch (const spdlog::spdlog_ex& error) {
    throw std::runtime_error(std::string("the log cannot be written: ") + error.what());
  }
  auto logger = std::make_shared<spdlog::logger>("pawl", output_);
  spdlog::set_default_logger(std::move(logger));
  set_level(config);
}

void Logging::reload(const Config& config) {
  try {
    output_->set_sinks({sink_of(config)});
  } catch (const spdlog::spdlog_ex& error) {
    spdlog::error("the log goes where it went: {}", error.what());
    return;
  }
  set_level(config);
}

}  // namespace pawl::engine
