// What jobs, models and endpoints have in common: they are the machine-learning services', reached
// through the server's desk.
#pragma once

#include <functional>
#include <string>

#include "engine/api/ml_desk.h"
#include "engine/api/rest/rest.h"

namespace pawl::engine::rest {

MlDesk& ml_of(const RestCall& call);  // throws Problem: this server has no such services

// As call_action(), of another service. Under an Idempotency-Key the action is done once.
void call_ml_action(const RestCall& call,
                    MlService service,
                    const char* action,
                    asl::Json request,
                    std::function<void(const RestCall&, const asl::Json&)> done);

// The owner of what the request makes: under an Idempotency-Key it is made once. Empty without one.
std::string owner_of(const RestCall& call);
// Answers a service's refusal, or calls `done`.
ActionReply ml_reply(const RestCall& call,
                     std::function<void(const RestCall&, const asl::Json&)> done);

// Answers with a page. `query` says of what.
void answer_ml_page(const RestCall& call, MlQuery query);

// The query parameter's value, one of those that the schema has; empty without it. Throws Problem.
std::string chosen_in_query(const RestCall& call, const char* parameter, const char* schema);

// Throws Problem: there is none of this name.
asl::Json find_ml(const RestCall& call, MlResource what, const std::string& name);

}  // namespace pawl::engine::rest
