// The machine-learning services over real parts: a store in memory, objects and jobs in a temporary
// folder, supervised processes. Images of the tests are commands of the catalogue.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>

#include "engine/jobs/runtime_files.h"
#include "engine/ml/functions.h"
#include "engine/ml/services.h"
#include "engine/store/store.h"
#include "tests/places.h"

namespace pawl::engine {

class MlTest : public ::testing::Test {
 protected:
  static constexpr const char* kRole = "arn:aws:iam::123456789012:role/test";

  MlTest() : folder_(make_folder()) {
    std::ofstream(folder_ + "/images.json") << R"json([
      {"image": "test/good:*", "train": ["/bin/sh", "-c", "echo accuracy=0.5; echo accuracy=0.75; cat /opt/ml/input/data/train/* >/opt/ml/model/m"]},
      {"image": "test/bad:*", "train": ["/bin/sh", "-c", "printf 'no such column' >/opt/ml/output/failure; exit 3"]},
      {"image": "test/slow:*", "train": ["/bin/sleep", "600"], "serve": ["/bin/sleep", "600"]},
      {"image": "test/second:*", "serve": ["/usr/bin/python3", "-c", "import os\nfrom http.server import *\nclass H(BaseHTTPRequestHandler):\n  def do_GET(s):\n    s.send_response(200); s.end_headers()\n  def do_POST(s):\n    s.rfile.read(int(s.headers['Content-Length'])); s.send_response(200); s.end_headers(); s.wfile.write(b'second')\nHTTPServer(('127.0.0.1',int(os.environ['SAGEMAKER_BIND_TO_PORT'])),H).serve_forever()"]},
      {"image": "test/dead:*", "serve": ["/bin/false"]},
      {"image": "test/serve:*", "serve": ["/usr/bin/python3", "-c", "import os\nfrom http.server import *\nclass H(BaseHTTPRequestHandler):\n  def do_GET(s):\n    s.send_response(200); s.end_headers()\n  def do_POST(s):\n    b=s.rfile.read(int(s.headers['Content-Length'])); s.send_response(500 if b==b'boom' else 200); s.send_header('Content-Type','text/plain'); s.end_headers(); s.wfile.write(b.upper())\nHTTPServer(('127.0.0.1',int(os.environ['SAGEMAKER_BIND_TO_PORT'])),H).serve_forever()"]}
    ])json";
    store_ = open_store("memory:");
    open();
    objects_->create_bucket("bucket");
    objects_->put("bucket", "train/a.csv", "1,2\n", {});
  }
  ~MlTest() override {
    close();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // A server's life: what is between open() and close() is one process's.
  void open() {
    objects_ = open_local_objects(folder_ + "/objects");
    executor_ = std::make_unique<Executor>(4);
    jobs_ = std::make_unique<JobManager>(
        JobManager::Options{.folder = folder_ + "/jobs", .supervisor_program = test::kPawlProgram});
    http_ = std::make_unique<HttpClient>();
    catalogue_ = std::make_unique<Catalogue>(Catalogue::load(folder_ + "/images.json"));
    context_ =
        std::make_unique<MlContext>(MlContext{store_->records(),
                                              *objects_,
                                              *jobs_,
                                              *executor_,
                                              *http_,
                                              *catalogue_,
                                              [] { return now(); },
                                              "us-east-1",
                                              "123456789012",
                                              folder_,
                                              runtime_folder(folder_),
                                              "/usr/bin/python3",
                                              [] { return std::string("http://127.0.0.1:9"); }});
    services_ = std::make_unique<MlServices>(*context_);
  }
  void close() {
    executor_->stop();
    http_.reset();
    jobs_.reset();
    services_.reset();
  }

  static asl::Timestamp now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
  }

  static asl::Json training_request(const std::string& name, const std::string& image) {
    return {
        {"TrainingJobName", name},
        {"AlgorithmSpecification",
         {{"TrainingImage", image},
          {"TrainingInputMode", "File"},
          {"MetricDefinitions",
           asl::Json::array({{{"Name", "accuracy"}, {"Regex", "accuracy=([0-9.]+)"}}})}}},
        {"RoleArn", kRole},
        {"InputDataConfig",
         asl::Json::array({{{"ChannelName", "train"},
                            {"DataSource",
                             {{"S3DataSource",
                               {{"S3DataType", "S3Prefix"}, {"S3Uri", "s3://bucket/train"}}}}}}})},
        {"OutputDataConfig", {{"S3OutputPath", "s3://bucket/out"}}},
        {"ResourceConfig",
         {{"InstanceType", "ml.m5.large"}, {"InstanceCount", 1}, {"VolumeSizeInGB", 1}}},
        {"StoppingCondition", {{"MaxRuntimeInSeconds", 600}}}};
  }

  // The document with which the job ends.
  asl::Json end_of(const std::string& name) {
    auto ended = std::make_shared<std::promise<asl::Json>>();
    services_->training_jobs.watch(
        name, [ended](const asl::Json& document) { ended->set_value(document); });
    return wait(ended->get_future());
  }

  template <class T>
  static T wait(std::future<T> future) {
    if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) {
      throw std::runtime_error("nothing came within a minute");
    }
    return future.get();
  }

  std::string folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<ObjectStore> objects_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<JobManager> jobs_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Catalogue> catalogue_;
  std::unique_ptr<MlContext> context_;
  std::unique_ptr<MlServices> services_;

 private:
  static std::string make_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "pawl-ml-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return name;
  }
};

}  // namespace pawl::engine
