// Answers of JSON, smaller on the wire for clients that take gzip.
#pragma once

#include "engine/http/message.h"

namespace pawl::engine {

// Whether Accept-Encoding has gzip, with a quality above 0.
bool takes_gzip(const HttpRequest& request);
// A JSON body of over 1 KiB compressed, its ETag marked; any other answer as it is.
HttpResponse compressed(HttpResponse response);

}  // namespace pawl::engine
