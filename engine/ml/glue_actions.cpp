// The Glue actions of this server: shapes and handlers, sorted by name.
// [aws] https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs.html
#include "engine/ml/documents.h"
#include "engine/ml/listing.h"
#include "engine/ml/services.h"

namespace pawl::engine {

namespace {

using asl::Json;
using namespace shapes;  // NOLINT: the tables below read as sentences

Shape glue_name() { return text().length(1, 255); }
Shape arguments() { return map(text()); }

std::vector<Member> job_members() {
  return {optional("Role", text()),
          optional("Command",
                   structure({optional("Name", text()),
                              optional("ScriptLocation", text().length(0, 400000)),
                              optional("PythonVersion", text())})),
          optional("ExecutionProperty",
                   structure({optional("MaxConcurrentRuns", integer().at_least(1))})),
          optional("DefaultArguments", arguments()),
          optional("NonOverridableArguments", arguments()),
          optional("MaxRetries", integer().at_least(0)),
          optional("Timeout", integer().at_least(1)),
          optional("MaxCapacity", number()),
          optional("NumberOfWorkers", integer()),
          optional("Description", text().length(0, 2048)),
          optional("GlueVersion", text()),
          optional("WorkerType", text()),
          optional("Tags", map(text()))};
}

Shape create_job() {
  std::vector<Member> members = job_members();
  members.insert(members.begin(), required("Name", glue_name()));
  for (Member& member : members) {
    if (member.name == "Role" || member.name == "Command") member.required = true;
  }
  return structure(std::move(members));
}

Shape start_run() {
  return structure({required("JobName", glue_name()),
                    optional("JobRunId", glue_name()),
                    optional("Arguments", arguments()),
                    optional("Timeout", integer().at_least(1)),
                    optional("MaxCapacity", number()),
                    optional("NumberOfWorkers", integer()),
                    optional("WorkerType", text())});
}

Shape paging(std::vector<Member> more = {}) {
  more.push_back(optional("NextToken", text()));
  more.push_back(optional("MaxResults", integer().length(1, 1000)));
  return structure(std::move(more));
}

Json list_job_names(Records& records, const Json& request) {
  Json page =
      list_page(records, {"glue-job", "", "Name", "", "CreatedOn", "Jobs", {"Name"}, 100}, request);
  Json names = Json::array();
  for (const Json& job : page.at("Jobs")) names.push_back(job.at("Name"));
  Json answer = {{"JobNames", std::move(names)}};
  copy_members(page, answer, {"NextToken"});
  return answer;
}

}  // namespace

std::vector<MlAction> glue_actions(MlServices& services) {
  MlServices& s = services;
  Records& records = services.context.records;
  return {
      {"BatchStopJobRun",
       Scope::kRun,
       structure({required("JobName", glue_name()),
                  required("JobRunIds", list(text().length(1, 255)).length(1, 25))}),
       [&s](const Json& request, const std::string&) { return s.glue.stop_runs(request); }},
      {"CreateJob",
       Scope::kAdmin,
       create_job(),
       [&s](const Json& request, const std::string&) { return s.glue.create_job(request); }},
      {"DeleteJob",
       Scope::kAdmin,
       structure({required("JobName", glue_name())}),
       [&s](const Json& request, const std::string&) {
         return s.glue.delete_job(text_of(request, "JobName"));
       }},
      {"GetJob",
       Scope::kRead,
       structure({required("JobName", glue_name())}),
       [&s](const Json& request, const std::string&) {
         return s.glue.get_job(text_of(request, "JobName"));
       }},
      {"GetJobRun",
       Scope::kRead,
       structure({required("JobName", glue_name()), required("RunId", glue_name())}),
       [&s](const Json& request, const std::string&) {
         return Json{
             {"JobRun", s.glue.get_run(text_of(request, "JobName"), text_of(request, "RunId"))}};
       }},
      {"GetJobRuns",
       Scope::kRead,
       paging({required("JobName", glue_name())}),
       [&s, &records](const Json& request, const std::string&) {
         const std::string job = text_of(request, "JobName");
         s.glue.get_job(job);  // EntityNotFoundException for a job that is none
         return list_page(records,
                          {"glue-job-run",
                           GlueJobs::record_name(job, ""),
                           "Id",
                           "",
                           "StartedOn",
                           "JobRuns",
                           {},
                           200},
                          request);
       }},
      {"GetJobs",
       Scope::kRead,
       paging(),
       [&records](const Json& request, const std::string&) {
         return list_page(
             records, {"glue-job", "", "Name", "", "CreatedOn", "Jobs", {}, 100}, request);
       }},
      {"ListJobs",
       Scope::kRead,
       paging(),
       [&records](const Json& request, const std::string&) {
         return list_job_names(records, request);
       }},
      {"StartJobRun",
       Scope::kRun,
       start_run(),
       [&s](const Json& request, const std::string& owner) {
         return s.glue.start_run(request, owner);
       }},
      {"UpdateJob",
       Scope::kAdmin,
       structure(
           {required("JobName", glue_name()), required("JobUpdate", structure(job_members()))}),
       [&s](const Json& request, const std::string&) { return s.glue.update_job(request); }},
  };
}

}  // namespace pawl::engine
