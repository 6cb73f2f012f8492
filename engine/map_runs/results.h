// What becomes of the children's results: the state's output, or files in S3.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
#pragma once

#include <optional>
#include <string>

#include "engine/map_runs/children.h"
#include "engine/map_runs/map_objects.h"
#include "engine/store/map_runs.h"

namespace pawl::engine {

struct ResultsOf {
  const MapRunRow& run;
  const states::MapRunSettings& settings;
  MapRunTable& table;
  asl::Timestamp now{};
  const states::Limits& limits;
};

// The Map's result, of a run without ResultWriter: in the order of the items, those that failed
// left out. Ends soon after `bytes_max`: whoever asked refuses what is longer.
asl::Payload collect_results(const ResultsOf& of, std::size_t bytes_max);

// Writes the files; `pending` are the children that were never started. Writing them again makes
// the same files. Throws what MapObjects throws.
void export_results(const ResultsOf& of,
                    MapObjects& objects,
                    const std::string& folder,
                    Children* pending);
// The Map's result when the files are written.
asl::Payload exported_result(const ResultsOf& of);

bool exports_results(const states::MapRunSettings& settings);

// "arn:aws:states:REGION:ACCOUNT:execution:MACHINE/LABEL:NAME"
std::string child_arn(const std::string& state_machine_arn, const std::string& name);
std::string child_name(const MapRunRow& run, std::int64_t first_item);

}  // namespace pawl::engine
