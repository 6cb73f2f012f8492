// Documents without what they say: for exports that leave the house.
#pragma once

#include "asl/json.h"

namespace pawl::engine::rest {

// Every text and number becomes "[redacted]"; names of members, lengths of lists, true, false and
// null stay.
asl::Json redacted(const asl::Json& document);
// Of an execution_view() and of an event_view(): their documents and causes.
void redact_execution(asl::Json& execution);
void redact_event(asl::Json& event);

}  // namespace pawl::engine::rest
