// Single values between a state machine's JSON and the texts of AWS's protocols.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "asl/json.h"
#include "asl/timestamp.h"
#include "engine/aws/service_model.h"

namespace pawl::engine {

// "2024-05-01T12:00:00Z", "Wed, 01 May 2024 12:00:00 GMT", "1714564800". A fraction is dropped but
// for kEpochSeconds, which has milliseconds.
std::string time_text(asl::Timestamp time, TimeFormat format);
// As AWS's SDK for Java prints it, and so as state machines see it: ISO-8601, with three digits of
// a fraction or none.
std::string sdk_time_text(asl::Timestamp time);
// Any of the forms above, or nothing.
std::optional<asl::Timestamp> time_of_text(std::string_view text);
// A timestamp as a state machine gives it: ISO-8601 text or epoch seconds.
std::optional<asl::Timestamp> time_of_value(const asl::Json& value);
// As the member or its shape wants it, else `of_protocol`.
TimeFormat time_format_of(const ModelMember& use, TimeFormat of_protocol);

// The bytes of a blob: a text's own, any other value's JSON.
// [pawl] docs/decisions/0026-services-by-their-models.md
std::string blob_bytes(const asl::Json& value);
// What a state machine sees of bytes: the text that they are, base64 of those that are none.
asl::Json blob_value(const std::string& bytes);

// A scalar as query strings, headers and XML have it: text, number, true or false, time, base64 of
// a blob.
std::string scalar_text(const ModelMember& use, const asl::Json& value, TimeFormat of_protocol);
// The reverse: a number, boolean, time (ISO-8601) or text. A text that is no such value stays one.
asl::Json scalar_value(const ModelMember& use, const std::string& text);

}  // namespace pawl::engine
