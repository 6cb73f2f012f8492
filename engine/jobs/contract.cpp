#include "engine/jobs/contract.h"

#include "engine/jobs/runtime_files.h"

namespace pawl::engine {

std::map<std::string, std::string> job_environment(const JobSurroundings& around,
                                                   const std::map<std::string, std::string>& own) {
  std::map<std::string, std::string> environment{
      {"AWS_REGION", around.region},
      {"AWS_DEFAULT_REGION", around.region},
      {"AWS_ENDPOINT_URL", around.server_url},
      {"AWS_ENDPOINT_URL_S3", around.server_url},
      {"S3_ENDPOINT_URL", around.server_url},
      {"AWS_EC2_METADATA_DISABLED", "true"},
      // A job outlives the server; its clients must outlast the server's restart.
      {"AWS_RETRY_MODE", "standard"},
      {"AWS_MAX_ATTEMPTS", "10"},
      {"PYTHONUNBUFFERED", "1"},
      {"PYTHONDONTWRITEBYTECODE", "1"},
  };
  // Half of a pair would be worse than none.
  if (!own.contains("AWS_ACCESS_KEY_ID")) {
    environment["AWS_ACCESS_KEY_ID"] = around.access_key;
    environment["AWS_SECRET_ACCESS_KEY"] = around.secret_key;
  }
  for (const auto& [name, value] : own) environment[name] = value;
  const std::string site = std::string(kRuntimeMount) + "/site";
  std::string& path = environment["PYTHONPATH"];
  path = path.empty() ? site : path + ":" + site;
  return environment;
}

}  // namespace pawl::engine
