// What every kind of job needs to know of its surroundings.
#pragma once

#include <map>
#include <string>

namespace pawl::engine {

struct JobSurroundings {
  std::string runtime_folder;  // runtime_files.h
  std::string server_url;      // "http://127.0.0.1:8083": where the job's AWS clients are sent
  std::string region;
  std::string access_key = "pawl";  // what the job's AWS clients sign with
  std::string secret_key = "pawl";
};

// Region, endpoints, credentials, PYTHONPATH. `own` is the job's own
// environment, which wins; its PYTHONPATH is searched before ours.
std::map<std::string, std::string> job_environment(const JobSurroundings& around,
                                                   const std::map<std::string, std::string>& own);

}  // namespace pawl::engine
