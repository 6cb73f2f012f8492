// Answers of JSON, smaller on the wire for clients that take gzip.
#pragma once

#include "engine/http/message.h"

namespace pawl::engine {

// Whether Accept-Encoding has gzip, with a quality above 0.
bool takes_gzip(const HttpRequest& request);
// A JSON body of over 1 KiB compressed, when the client takes that, its ETag marked; any other
// answer as it is. Caches are told what depends on Accept-Encoding.
HttpResponse encoded(HttpResponse response, bool compresses);

}  // namespace pawl::engine
