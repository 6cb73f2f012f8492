// What the configuration means to each part of a server.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/http/server.h"
#include "engine/http/sigv4.h"
#include "engine/ml/functions.h"
#include "engine/ml/retention.h"
#include "engine/runtime/virtual_clock.h"
#include "engine/server/config.h"
#include "engine/store/store.h"
#include "states/step.h"

namespace pawl::engine {

// Absolute; made when it is missing, for this user alone.
std::string data_folder_of(const Config& config);
states::Limits limits_of(Profile profile);
std::map<std::string, FunctionSpec> functions_of(const Config& config);
Retention retention_of(const Config& config);
// Virtual and real times in one store would contradict one another: the first start decides. Throws
// std::runtime_error when it decided otherwise.
std::optional<VirtualClock> virtual_clock_of(const Config& config, Store& store, Clock& real);
// What this installation's jobs sign with; the same after a restart, which jobs outlive.
AwsCredentials credentials_of_jobs(Store& store);
// nullopt: plain http. Throws std::runtime_error when only one of the files is named.
std::optional<TlsFiles> tls_files_of(const Config& config);
// Empties the folder of half received bodies.
HttpServerOptions http_options(const Config& config, const std::string& folder);

}  // namespace pawl::engine
