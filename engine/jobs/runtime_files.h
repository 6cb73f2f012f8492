// The Python files that stand in for container toolkits, kept in the binary and written out where
// jobs can see them.
#pragma once

#include <string>

namespace pawl::engine {

// Where a job sees them, read-only.
inline constexpr const char* kRuntimeMount = "/opt/pawl";

// Writes the files below `data_folder`/runtime/ at the first call; a version of its own for each
// content, so that running jobs keep theirs. Holds pawl_ml_runtime.py, pawl_xgboost.py and site/
// (for PYTHONPATH). Returns the folder. Throws std::system_error.
std::string runtime_folder(const std::string& data_folder);

}  // namespace pawl::engine
