// Values as form data: "a=1&b%5Bc%5D=x".
// [aws]
// https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#url-encode-request-body
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "asl/json.h"

namespace pawl::engine {

enum class ArrayFormat {
  kIndices,   // a[0]=x&a[1]=y
  kRepeat,    // a=x&a=y
  kCommas,    // a=x,y
  kBrackets,  // a[]=x&a[]=y
};
std::optional<ArrayFormat> array_format(std::string_view name);  // "INDICES" ...

// Names and values percent-encoded, blanks as %20. A value that is no object and no array is
// encoded by itself.
std::string form_encoded(const asl::Json& value, ArrayFormat format);

// A scalar as it stands in a header, a query or a form: a text without quotes, null as nothing.
std::string scalar_text(const asl::Json& scalar);

}  // namespace pawl::engine
