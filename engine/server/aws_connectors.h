// The connectors of AWS's services, and where each of them is called.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/connectors/aws_caller.h"
#include "engine/connectors/table.h"
#include "engine/ml/context.h"
#include "engine/server/config.h"

namespace pawl::engine {

// `own_url`: this server's, for what it has itself: S3's objects, functions, connections, logs.
// `own`: what those calls are signed with.
AwsCallerOptions aws_caller_options(const Config& config,
                                    std::function<std::string()> own_url,
                                    const AwsCredentials& own);

// `rows`, and those of services that are reached by HTTP. S3's objects are this server's own unless
// they are elsewhere. REQUIRES: all but `rows` and `config` outlive the connectors.
std::vector<ConnectorRow> with_aws_connectors(std::vector<ConnectorRow> rows,
                                              const Config& config,
                                              MlContext& context,
                                              Clock& clock,
                                              ServiceModels& models,
                                              AwsCaller& caller);

}  // namespace pawl::engine
