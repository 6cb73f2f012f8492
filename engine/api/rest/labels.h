// Labels of executions as requests give them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "asl/json.h"
#include "engine/store/journal.h"

namespace pawl::engine::rest {

inline constexpr std::size_t kLabelsMax = 20;  // of one execution

// The member "labels" of a body; none without it. Throws Problem: too many, or a name that is none.
Labels labels_in(const asl::Json& body);
// "NAME=VALUE" of the query parameter `label`. Throws Problem.
std::pair<std::string, std::string> label_of(const std::string& text);
asl::Json labels_json(const Labels& labels);

}  // namespace pawl::engine::rest
