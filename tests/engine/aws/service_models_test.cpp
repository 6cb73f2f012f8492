#include "engine/aws/service_models.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNotes = R"({"metadata": {"apiVersion": "2020-01-01", "protocol": "json",
  "serviceId": "Note Book", "endpointPrefix": "notes"}, "operations": {}, "shapes": {}})";

// A folder that is laid out as botocore's data.
class ModelFolder : public testing::Test {
 protected:
  ModelFolder() {
    std::string pattern = (fs::temp_directory_path() / "models-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~ModelFolder() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  ServiceModels models() const { return ServiceModels({"/nowhere", folder_.string()}); }

  fs::path folder_;
};

TEST_F(ModelFolder, HasServicesByTheSdksNameInTheirNewestVersion) {
  write("nb/2019-01-01/service-2.json", "{}");
  write("nb/2020-01-01/service-2.json", kNotes);
  ServiceModels found = models();
  const auto model = found.find("notebook");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->sdk_name, "NoteBook");
  EXPECT_EQ(found.find("notebook"), model);  // read once
  EXPECT_EQ(found.find("nb"), nullptr);
  EXPECT_EQ(found.searched(), "/nowhere and " + folder_.string());
}

TEST_F(ModelFolder, MayHaveItsModelsCompressed) {
  fs::create_directories(folder_ / "nb/2020-01-01");
  const std::string file = (folder_ / "nb/2020-01-01/service-2.json.gz").string();
  gzFile out = gzopen(file.c_str(), "wb");
  gzputs(out, kNotes);
  gzclose(out);
  EXPECT_NE(models().find("notebook"), nullptr);
}

TEST_F(ModelFolder, NamesTheFileOfAModelThatCannotBeRead) {
  write("nb/2020-01-01/service-2.json", R"({"metadata": {"serviceId": "Note Book"})");
  try {
    models().find("notebook");
    FAIL() << "it was read";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("nb/2020-01-01/service-2.json"), std::string::npos);
  }
}

TEST_F(ModelFolder, SaysWhereServicesAre) {
  write("endpoints.json", R"({"partitions": [
    {"partition": "aws", "dnsSuffix": "amazonaws.com", "regionRegex": "^(us|eu)-\\w+-\\d+$",
     "defaults": {"hostname": "{service}.{region}.{dnsSuffix}"}, "regions": {"us-east-1": {}},
     "services": {"iam": {"isRegionalized": false, "partitionEndpoint": "aws-global", "endpoints": {
       "aws-global": {"hostname": "iam.amazonaws.com", "credentialScope": {"region": "us-east-1"}}}}}},
    {"partition": "aws-cn", "dnsSuffix": "amazonaws.com.cn", "regionRegex": "^cn-\\w+-\\d+$",
     "defaults": {"hostname": "{service}.{region}.{dnsSuffix}"}, "regions": {}, "services": {}}]})");
  ServiceModels found = models();
  const ServiceEndpoint iam = found.endpoints().find("iam", "eu-west-1");
  EXPECT_EQ(iam.url, "https://iam.amazonaws.com");
  EXPECT_EQ(iam.signing_region, "us-east-1");
  EXPECT_EQ(found.endpoints().find("ec2", "eu-west-1").url, "https://ec2.eu-west-1.amazonaws.com");
  EXPECT_EQ(found.endpoints().find("ec2", "cn-north-1").url,
            "https://ec2.cn-north-1.amazonaws.com.cn");
}

TEST(EndpointsWithoutATable, KnowTheGlobalServices) {
  EXPECT_EQ(AwsEndpoints().find("iam", "eu-west-1").url, "https://iam.amazonaws.com");
  EXPECT_EQ(AwsEndpoints().find("iam", "eu-west-1").signing_region, "us-east-1");
  EXPECT_EQ(AwsEndpoints().find("ecs", "eu-west-1").url, "https://ecs.eu-west-1.amazonaws.com");
}

}  // namespace
}  // namespace pawl::engine
