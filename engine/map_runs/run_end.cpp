// How a Map Run ends: its results, its row, its answer; in this order, so that a crash between two
// of them is made good by doing the rest again.
#include <spdlog/spdlog.h>

#include <filesystem>

#include "asl/errors.h"
#include "engine/map_runs/run.h"

namespace pawl::engine {

namespace {

constexpr auto kEndAgain = std::chrono::seconds(1);

asl::StateError writer_failed(const std::string& cause) {
  return {asl::errors::kResultWriterFailed, cause};
}

}  // namespace

void MapRun::finish() {
  try {
    try_finish();
  } catch (const std::exception& e) {
    if (tools_.stopping) return;
    spdlog::error("map runs: {} cannot end: {}", arn(), e.what());
    tools_.workers.post_after(kEndAgain, [self = shared_from_this()] { self->finish(); });
  }
}

void MapRun::try_finish() {
  std::optional<asl::StateError> failure;
  bool cancelled = false;
  {
    const std::lock_guard lock(mutex_);
    failure = failure_;
    cancelled = cancelled_;
  }
  if (cancelled) {
    end_row(states::Status::kAborted, {});
  } else {
    // A run without items has nothing to tell of.
    if (exports_results(settings_) && children_ != nullptr) {
      const auto broken = export_all(failure.has_value());
      if (!failure) failure = broken;
    }
    end_row(failure ? states::Status::kFailed : states::Status::kSucceeded,
            failure.value_or(asl::StateError{}));
  }
  answer();
}

// Also of a run that had ended when the server was killed, so that nobody has heard of it.
void MapRun::answer() {
  const ResultsOf of = results_of();
  if (row_.status == states::Status::kFailed) {
    reply_->failed(row_.error);
  } else if (row_.status == states::Status::kSucceeded) {
    const auto most = static_cast<std::size_t>(tools_.limits.payload_bytes_max);
    reply_->succeeded(exports_results(settings_) ? exported_result(of) : collect_results(of, most));
  }
  clean_up(row_.status != states::Status::kSucceeded);
  over_();
}

void MapRun::clean_up(bool keeps_items) {
  std::error_code ignored;
  if (!keeps_items) {
    std::filesystem::remove_all(folder(), ignored);
    return;
  }
  std::filesystem::remove_all(folder() + "/results", ignored);
  std::filesystem::remove(folder(), ignored);  // without items there is nothing in it
}

std::string MapRun::folder() const {
  return tools_.folder + "/" + arn().substr(arn().rfind(':') + 1);
}

ResultsOf MapRun::results_of() {
  return {row_, settings_, tools_.store.map_runs(), tools_.clock.now(), tools_.limits};
}

std::optional<asl::StateError> MapRun::export_all(bool with_pending) {
  try {
    if (with_pending) open_items();  // from the first item that has no child
    export_results(results_of(),
                   tools_.objects,
                   folder() + "/results",
                   with_pending ? children_.get() : nullptr);
    return std::nullopt;
  } catch (const StoreUnavailable&) {
    throw;
  } catch (const std::exception& e) {
    return writer_failed(e.what());
  }
}

void MapRun::end_row(states::Status status, const asl::StateError& error) {
  const std::lock_guard writes(row_writes_);
  MapRunRow row;
  {
    const std::lock_guard lock(mutex_);
    row = row_;
  }
  row.status = status;
  row.error = error;
  row.stopped_at = tools_.clock.now();
  tools_.store.map_runs().update(row);
  const std::lock_guard lock(mutex_);
  row_.status = row.status;
  row_.error = row.error;
  row_.stopped_at = row.stopped_at;
}

}  // namespace pawl::engine
