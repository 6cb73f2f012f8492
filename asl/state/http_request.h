// What the request of an HTTP Task has to look like, in a definition and when it is made.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "asl/json.h"

namespace pawl::asl {

class StateReader;
class Place;

bool is_http_task_method(std::string_view method);

// [aws] Headers that a definition may not set, in any case; a connection may.
bool is_refused_http_header(std::string_view name);
// [seen] word for word, with names in lower case
std::string refused_http_headers_message(const std::vector<std::string>& names);
// [seen] word for word
std::string invalid_http_field_message(std::string_view name);

// Checks what of Parameters or Arguments is known before the execution. `place`: where they stand.
void check_http_request(const StateReader& reader, const Json& request, const Place& place);

}  // namespace pawl::asl
