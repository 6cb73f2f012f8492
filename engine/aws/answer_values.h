// Values of answers, by their shapes; shared by the protocols' readers.
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/aws/service_model.h"

namespace pawl::engine {

// A JSON value from the wire, with the SDK's names.
asl::Json answer_of_json(const ModelMember& use, const asl::Json& value);

// The members that are in the body, of an XML document's root element; of the query protocol, of
// the `wrapper` in it. Throws std::runtime_error when it is no XML.
asl::Json answer_of_xml(const ModelMember& use, const std::string& xml, const std::string& wrapper);

// An answer whose times are epoch milliseconds instead, as the results of .sync have them.
asl::Json with_epoch_milliseconds(const ModelMember& use, const asl::Json& answer);

}  // namespace pawl::engine
