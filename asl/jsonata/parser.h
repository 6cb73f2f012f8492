// Text -> syntax tree.
#pragma once

#include <string_view>

#include "asl/jsonata/ast.h"

namespace pawl::asl::jsonata {

// Fails with S0xxx.
NodePtr parse_expression(std::string_view text);

// The second half: flattens paths, finds what each `%` means, marks calls in tail position. `raw`
// is the tree as the grammar gives it.
NodePtr resolve_syntax(const NodePtr& raw);

}  // namespace pawl::asl::jsonata
