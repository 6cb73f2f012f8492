// Runs as requests name them and answers show them.
#pragma once

#include <string>
#include <vector>

#include "engine/api/rest/problem.h"
#include "engine/api/rest/rest.h"
#include "engine/runs/runs.h"

namespace pawl::engine::rest {

Problem no_such_run(const std::string& id);
// The id that the path has; a kind that is none is a run that is not there: throws Problem 404.
RunId run_id_of_path(const RestCall& call);
// The same, of a client's run. Throws Problem 409: the run is a job, and says itself what it does.
RunId client_run_id_of_path(const RestCall& call);
// Throws Problem 404.
Run run_of_path(const RestCall& call);

asl::Json run_view(const Run& run);
// Strong: counts the changes of the run; its metrics have a tag of their own.
std::string etag_of_run(const Run& run);
void answer_run(const RestCall& call, int status, const Run& run);

// A number, or "NaN", "Infinity", "-Infinity", which JSON has no numbers for.
// [spec] https://protobuf.dev/programming-guides/json/ as MLflow's REST API has them too.
asl::Json metric_value_json(double value);
// Nothing: it is no such text.
std::optional<double> metric_value_of(const std::string& text);
// What a table of runs shows of one series.
asl::Json metric_view(const Run& run, const RunSeries& series);

}  // namespace pawl::engine::rest
