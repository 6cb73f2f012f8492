// A history as columns: what a list, a timeline and a search of 25,000 events need, in one answer.
#pragma once

#include "engine/api/rest/rest.h"

namespace pawl::engine::rest {

// Answers GET .../events?format=columns.
void answer_event_columns(const RestCall& call);

}  // namespace pawl::engine::rest
