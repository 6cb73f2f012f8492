// A warning of our own: paths that lead nowhere whatever the input is, because every way to their
// state passes through one that leaves only other members.
#pragma once

#include "asl/findings.h"

namespace pawl::asl {

// One graph of a definition without errors: the object around its StartAt and States. `inherited`
// is the machine's query language.
void warn_of_dead_paths(const Json& graph,
                        const Place& place,
                        QueryLanguage inherited,
                        Findings& findings);

}  // namespace pawl::asl
