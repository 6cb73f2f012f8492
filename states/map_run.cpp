// Distributed Maps: what is decided before the children run, and what becomes of their results.
#include <array>
#include <utility>

#include "asl/errors.h"
#include "asl/submachine.h"
#include "states/behaviour.h"
#include "states/failure.h"
#include "states/item_inputs.h"
#include "states/map_run_settings.h"

namespace pawl::states {
namespace {

using asl::Result;

// "arn:aws:states:::s3:getObject" -> "getObject"
std::string action_of(const std::string& resource) {
  return resource.substr(resource.rfind(':') + 1);
}

// JSONata names a field by its whole place, JSONPath by its own name.
std::string field_of(const Reading& reading, std::string_view object, std::string_view field) {
  if (reading.state().language != asl::QueryLanguage::kJsonata) return std::string(field);
  return std::string(object) + "/" + std::string(field);
}

Result<Json> request_of(Reading& reading,
                        const std::optional<asl::Template>& source,
                        std::string_view object,
                        const Json& input) {
  if (!source) return Json(nullptr);
  const bool jsonata = reading.state().language == asl::QueryLanguage::kJsonata;
  return reading.evaluate(
      *source, field_of(reading, object, jsonata ? "Arguments" : "Parameters"), input);
}

Result<MapRunSettings::Reader> reader_of(Reading& reading,
                                         const asl::ItemReader& reader,
                                         const Json& input) {
  Result<Json> request = request_of(reading, reader.request, "ItemReader", input);
  if (!request) return std::move(request).error();
  const auto max_items = whole_number(
      reading, reader.max_items, field_of(reading, "ItemReader/ReaderConfig", "MaxItems"), input);
  if (!max_items) return max_items.error();
  return MapRunSettings::Reader{
      action_of(reader.resource), *std::move(request), reader.config, *max_items};
}

Result<MapRunSettings::Batcher> batcher_of(Reading& reading,
                                           const asl::ItemBatcher& batcher,
                                           const Json& input) {
  const auto max_items = whole_number(
      reading, batcher.max_items, field_of(reading, "ItemBatcher", "MaxItemsPerBatch"), input);
  if (!max_items) return max_items.error();
  const auto max_bytes = whole_number(
      reading, batcher.max_bytes, field_of(reading, "ItemBatcher", "MaxInputBytesPerBatch"), input);
  if (!max_bytes) return max_bytes.error();
  for (const auto& [number, name] :
       {std::pair(*max_items, "MaxItemsPerBatch"), {*max_bytes, "MaxInputBytesPerBatch"}}) {
    // [pawl] AWS's wording for this is not known.
    if (number && *number <= 0) return runtime_error(std::string(name) + " must be positive.");
  }
  MapRunSettings::Batcher out{*max_items, *max_bytes, nullptr};
  if (batcher.input) {
    Result<Json> shared =
        reading.evaluate(*batcher.input, field_of(reading, "ItemBatcher", "BatchInput"), input);
    if (!shared) return std::move(shared).error();
    out.input = *std::move(shared);
  }
  return out;
}

Result<MapRunSettings::Writer> writer_of(Reading& reading,
                                         const asl::ResultWriter& writer,
                                         const Json& input) {
  MapRunSettings::Writer out{nullptr, writer.transformation, writer.output_type};
  if (writer.resource.empty()) return out;
  Result<Json> request = request_of(reading, writer.request, "ResultWriter", input);
  if (!request) return std::move(request).error();
  out.request = *std::move(request);
  return out;
}

Result<MapRunSettings> settings_of(Reading& reading, const asl::Map& map, const Json& input) {
  MapRunSettings settings;
  const Result<std::int64_t> concurrency =
      map_concurrency(reading, map, input, std::numeric_limits<std::int64_t>::max());
  if (!concurrency) return concurrency.error();
  const bool unbounded = *concurrency == std::numeric_limits<std::int64_t>::max();
  settings.max_concurrency = unbounded ? 0 : *concurrency;
  if (map.item_reader) {
    Result<MapRunSettings::Reader> reader = reader_of(reading, *map.item_reader, input);
    if (!reader) return std::move(reader).error();
    settings.reader = *std::move(reader);
  }
  if (map.item_batcher) {
    Result<MapRunSettings::Batcher> batcher = batcher_of(reading, *map.item_batcher, input);
    if (!batcher) return std::move(batcher).error();
    settings.batcher = *std::move(batcher);
  }
  if (map.result_writer) {
    Result<MapRunSettings::Writer> writer = writer_of(reading, *map.result_writer, input);
    if (!writer) return std::move(writer).error();
    settings.writer = *std::move(writer);
  }
  return settings;
}

std::string random_uuid(asl::Entropy& entropy) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::array<std::uint64_t, 2> bits = {entropy.next(), entropy.next()};
  std::string uuid;
  for (std::size_t digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) uuid += '-';
    std::uint64_t value = (bits.at(digit / 16) >> (60 - 4 * (digit % 16))) & 15U;
    if (digit == 12) value = 4;
    if (digit == 16) value = 8 | (value & 3U);
    uuid += kDigits[value];
  }
  return uuid;
}

// [seen] "arn:aws:states:us-east-1:123456789012:mapRun:MACHINE/LABEL:UUID"; of a Map in a child of
// another one it names the machine that both stand in.
std::string map_run_arn(const Turn& turn, const asl::State& map) {
  std::string arn = turn.execution().info->state_machine_arn;
  constexpr std::string_view kType = ":stateMachine:";
  if (const std::size_t type = arn.find(kType); type != std::string::npos) {
    arn.replace(type, kType.size(), ":mapRun:");
  }
  arn = arn.substr(0, arn.find('/'));
  return arn + "/" + asl::label_of(map) + ":" + random_uuid(turn.env().entropy);
}

}  // namespace

void begin_map_run(Turn& turn, ScopeId scope, const asl::Map& map, const Payload& effective) {
  Reading reading(turn, scope);
  Result<Payload> items = Payload();
  if (!map.item_reader) items = map_items(reading, map, effective);
  if (!items) return fail_evaluation(turn, scope, std::move(items).error());
  Result<MapRunSettings> settings = settings_of(reading, map, effective.json());
  if (!settings) return fail_evaluation(turn, scope, std::move(settings).error());

  // [seen] What a reader will find is not counted.
  const auto length = static_cast<std::int64_t>(items->json().size());
  turn.record(scope, MapStarted{length, *items});
  Result<Tolerance> tolerance = map_tolerance(reading, map, effective.json());
  if (!tolerance) return fail_evaluation(turn, scope, std::move(tolerance).error());
  settings->tolerance = *tolerance;

  StartMapRun start;
  start.work = turn.execution().last_sequence + 1;
  start.scope = scope;
  start.state = turn.scope(scope).at;
  start.map_run = map_run_arn(turn, reading.state());
  start.settings = Payload::of(to_json(*settings));
  start.items = *std::move(items);
  start.scene = scene_of(turn.machine(), turn.execution(), scope);
  turn.record(scope, MapRunStarted{start.map_run, start.settings});
  turn.start(std::move(start));
}

void redrive_map_run(Turn& turn, ScopeId scope) {
  constexpr int kRedrivesMax = 1'000;  // [aws]
  const auto& before = std::get<AwaitingMapRun>(turn.scope(scope).phase);
  if (before.redrives >= kRedrivesMax) {
    // [pawl] AWS's wording for this is not known.
    StateError error = runtime_error("The Map Run has been redriven " +
                                     std::to_string(kRedrivesMax) + " times, and cannot be again.");
    return fail_state(turn, scope, Failure{std::move(error), false, turn.scope(scope).last_event});
  }
  StartMapRun start;
  start.work = turn.execution().last_sequence + 1;
  start.scope = scope;
  start.state = turn.scope(scope).at;
  start.map_run = before.map_run;
  start.settings = before.settings;
  start.items = before.items;
  start.scene = scene_of(turn.machine(), turn.execution(), scope);
  start.redrives = before.redrives + 1;
  turn.record(scope, MapRunRedriven{start.map_run, start.redrives});
  turn.start(std::move(start));
}

void map_run_returned(Turn& turn, ScopeId scope, Result<Payload> result) {
  if (!result) {
    const EventId failed = turn.record(scope, MapRunFailed{result.error()});
    return fail_state(turn, scope, Failure{std::move(result).error(), false, failed});
  }
  const EventId succeeded = turn.record(scope, MapRunSucceeded{});
  if (result->size_bytes() > static_cast<std::size_t>(turn.env().limits.payload_bytes_max)) {
    return fail_state(
        turn, scope, Failure{data_limit_exceeded(turn.scope(scope).at), false, succeeded});
  }
  turn.record(scope, succeeded, MapSucceeded{});
  Reading reading(turn, scope);
  complete(turn, scope, reading, *result, true);
}

}  // namespace pawl::states
