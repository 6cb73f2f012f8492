// The documentation that goes with this binary: docs/ of the tree, at /docs/.
#pragma once

#include "engine/http/message.h"

namespace pawl::engine {

// Whether the request is for a page: a GET or HEAD of /docs/..., /, or /ui/.
bool is_page_request(const HttpRequest& request);

// HTML for who accepts it (browsers), else the Markdown that it was written in.
//   /docs/                     what there is
//   /docs/rest-api             a page; with .md too, as the pages name each other
//   /docs/problems/NAME        the part of problems.md about one `type` of application/problem+json
//   /, /ui/                    lead there
// 404 for others. Thread-safe.
HttpResponse answer_page_request(const HttpRequest& request);

}  // namespace pawl::engine
