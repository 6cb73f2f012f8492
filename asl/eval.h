// One request of `pawl eval --batch`: an expression, the document and the variables it reads, and
// its answer.
#pragma once

#include <string_view>

#include "asl/entropy.h"
#include "asl/json.h"
#include "asl/timestamp.h"

namespace pawl::asl {

// in   {"id","language":"jsonpath","expr","data"?,"bindings"?}
// out  {"id","result":VALUE} | {"id","error":{"code","message","position"}}
// in {"id","language":"jsonata","expr","data"?,"bindings"?,"mode"?:"aws","timelimit_ms"?,"depth"?}
// out  {"id","result":VALUE} | {"id","undefined":true} | {"id","error":{"code","message",...}}
// For JSONPath, `expr` is what a payload template's ".$" member may hold. `bindings` are the
// workflow variables by name; the one named "$" is the context object. Never throws; a request that
// is none gets an error, too.
// `now` is what $now and $millis answer.
Json evaluate_request(const Json& request, Entropy* entropy = nullptr, Timestamp now = {});

// The same for the text of a request. Half a surrogate pair, which is no JSON, may stand in a
// JSONata expression: the expression gets it as an escape of its own.
Json evaluate_line(std::string_view line, Entropy* entropy = nullptr, Timestamp now = {});

}  // namespace pawl::asl
