// The declarations of all subcommands, one file each.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace pawl::engine {

std::function<int()> declare_api(CLI::App& app);
std::function<int()> declare_artifact(CLI::App& app);
std::function<int()> declare_backup(CLI::App& app);
std::function<int()> declare_diff(CLI::App& app);
std::function<int()> declare_eval(CLI::App& app);
std::function<int()> declare_executions(CLI::App& app);
std::function<int()> declare_export(CLI::App& app);
std::function<int()> declare_fork(CLI::App& app);
std::function<int()> declare_history(CLI::App& app);
std::function<int()> declare_inspect(CLI::App& app);
std::function<int()> declare_job_supervisor(CLI::App& app);
std::function<int()> declare_jobs(CLI::App& app);
std::function<int()> declare_logs(CLI::App& app);
std::function<int()> declare_map_runs(CLI::App& app);
std::function<int()> declare_mock(CLI::App& app);
std::function<int()> declare_models(CLI::App& app);
std::function<int()> declare_redrive(CLI::App& app);
std::function<int()> declare_replay(CLI::App& app);
std::function<int()> declare_run(CLI::App& app);
std::function<int()> declare_runs(CLI::App& app);
std::function<int()> declare_schedule(CLI::App& app);
std::function<int()> declare_schema(CLI::App& app);
std::function<int()> declare_serve(CLI::App& app);
std::function<int()> declare_steps(CLI::App& app);
std::function<int()> declare_token(CLI::App& app);
std::function<int()> declare_validate(CLI::App& app);

}  // namespace pawl::engine
