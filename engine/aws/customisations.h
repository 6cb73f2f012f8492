// What AWS's SDKs do with some services besides what the models say, and what cannot be called at
// all.
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/aws/service_model.h"

namespace pawl::engine {

// Why Step Functions, or this server, does not call the operation with these parameters; empty: it
// does. Streams of events have no result that a state machine could have, and Signature Version 4A
// is not spoken here.
std::string uncallable(const ServiceModel& model,
                       const ModelOperation& operation,
                       const asl::Json& parameters);

// Route 53's "/hostedzone/Z1", "/change/C1" and "/delegationset/N1" as "Z1", "C1" and "N1", in
// requests and in answers. `use`: whose value it is.
// [aws] Route53IdInterceptor of the SDK for Java 2
asl::Json with_plain_ids(const ServiceModel& model, const ModelMember& use, asl::Json value);

}  // namespace pawl::engine
