// The digits pipeline as the tests drive and judge it.
#pragma once

#include <string>
#include <vector>

#include "tests/end_to_end/server_process.h"

namespace pawl::engine {

constexpr const char* kDigitsMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:digits";

std::string digits_execution(const std::string& name);

// Uploads everything, creates the Glue job and the machine, and starts an execution called `name`.
// Its ETL and its training script leave a mark each time they run: see runs_of.
void start_digits(const ServerProcess& server, const std::string& name);

// "RUNNING", "SUCCEEDED", ...; empty while the server does not answer.
std::string status_of(const ServerProcess& server, const std::string& execution);

// Every event, over all pages.
std::vector<Json> history_of(const ServerProcess& server, const std::string& execution);

// Fails the test unless the events are those of one straight run: AWS's types in AWS's order, ids
// without gap or repetition.
void expect_straight_history(const std::vector<Json>& events);

// How often the script ran: "etl" or "train".
std::size_t runs_of(const ServerProcess& server, const std::string& script);

// One held-out picture, asked about. Fails the test unless ten probabilities that sum up to 1 come
// back.
void expect_prediction(const ServerProcess& server, const std::string& endpoint);

}  // namespace pawl::engine
