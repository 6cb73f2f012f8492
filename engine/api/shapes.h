// The shapes that several actions share.
// [aws] https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
#pragma once

#include "engine/api/api.h"
#include "engine/http/aws_shape.h"

namespace pawl::engine::shapes {

inline Shape arn() { return text().length(1, 256); }
inline Shape long_arn() { return text().length(1, 2000); }
inline Shape name() { return text().length(1, 80); }
inline Shape page_size() { return integer().range(0, 1000); }
inline Shape page_token() { return text().length(1, 1024); }
inline Shape task_token() { return text().length(1, 2048); }
inline Shape error_name() { return text().at_most(256).secret(); }
inline Shape cause() { return text().at_most(32'768).secret(); }
inline Shape included_data() { return text().one_of({"METADATA_ONLY", "ALL_DATA"}); }
inline Shape machine_type() { return text().one_of({"STANDARD", "EXPRESS"}); }
inline Shape description() { return text().at_most(256).secret(); }
// [aws] "Tags may only contain Unicode letters, digits, white space, or these symbols".
inline constexpr const char* kTagCharacters = R"(^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$)";
inline Shape tag_key() { return text().length(1, 128).matching(kTagCharacters); }
inline Shape tag_value() { return text().length(0, 256).matching(kTagCharacters); }

inline Shape payload(const Api& api) {
  return text().at_most_bytes(api.config.payload_bytes_max).secret();
}
inline Shape definition(const Api& api) {
  return text().length(1, api.config.definition_characters_max).secret();
}

inline Shape tags() {
  return list(structure({required("key", tag_key()), optional("value", tag_value())}));
}
Shape logging_configuration();
Shape tracing_configuration();
Shape encryption_configuration();

}  // namespace pawl::engine::shapes
