// The connectors of what this server has itself, and of HTTP Tasks.
#pragma once

#include <vector>

#include "engine/connections/connections.h"
#include "engine/connectors/activity.h"
#include "engine/connectors/lambda.h"
#include "engine/connectors/states.h"
#include "engine/connectors/table.h"
#include "engine/http/client.h"
#include "engine/ml/services.h"
#include "engine/server/config.h"

namespace pawl::engine {

// Functions of this server, or of the endpoint that the configuration names.
FunctionCaller function_caller(const Config& config,
                               Functions& functions,
                               HttpClient& http,
                               Clock& clock);

// REQUIRES of both: all but the rows and the configuration outlive the connectors.
std::vector<ConnectorRow> connector_rows(MlServices& services,
                                         const FunctionCaller& functions,
                                         ActivityConnector& activities,
                                         const StatesServiceLater& states,
                                         Executor& executor);
std::vector<ConnectorRow> with_http_tasks(std::vector<ConnectorRow> rows,
                                          const Config& config,
                                          HttpClient& http,
                                          Connections& connections);

}  // namespace pawl::engine
