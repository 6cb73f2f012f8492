#include "engine/jobs/catalogue.h"

#include "tests/engine/jobs/job_fixture.h"

namespace pawl::engine {
namespace {

using Driver = ImageRuntime::Driver;

class CatalogueTest : public ::testing::Test {
 protected:
  Catalogue with(const std::string& rows) {
    write_text(file(), rows);
    return Catalogue::load(file());
  }
  std::string file() const { return scratch_.path() + "/images.json"; }
  ScratchFolder scratch_;
};

TEST_F(CatalogueTest, AccountRegionAndTagDoNotMatterToTheBuiltInRows) {
  const Catalogue catalogue = Catalogue::load(file());
  const std::string us = "683313688378.dkr.ecr.us-east-1.amazonaws.com/";
  EXPECT_EQ(catalogue.find(us + "sagemaker-xgboost:1.7-1").driver, Driver::kXgboost);
  EXPECT_EQ(catalogue.find("450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/xgboost:1").driver,
            Driver::kXgboost);
  EXPECT_EQ(catalogue.find(us + "sagemaker-scikit-learn:1.2-1-cpu-py3").driver, Driver::kPython);
  EXPECT_EQ(catalogue.find("tensorflow-training:1.15.2-cpu-py37").python, "/usr/bin/python3");
  EXPECT_EQ(catalogue.find("localhost:5000/pytorch-inference@sha256:00").driver, Driver::kPython);
  EXPECT_EQ(catalogue.find("python").driver, Driver::kPython);
  EXPECT_EQ(catalogue.find("glueetl").python, "/usr/bin/python3");
  EXPECT_THROW(catalogue.find(us + "xgboost:0"), NoImageRuntime);
}

TEST_F(CatalogueTest, TheUsersRowsComeFirst) {
  const Catalogue catalogue = with(R"([
      {"image": "*/tensorflow-training:2.*", "python": "/opt/venv/bin/python"},
      {"image": "sagemaker-xgboost:*", "python": "/opt/xgb/bin/python"},
      {"image": "my/image:*", "train": ["/opt/t", "train"]}])");
  EXPECT_EQ(catalogue.find("7.dkr.ecr.x.amazonaws.com/tensorflow-training:2.1").python,
            "/opt/venv/bin/python");
  EXPECT_EQ(catalogue.find("7.dkr.ecr.x.amazonaws.com/tensorflow-training:1.15").python,
            "/usr/bin/python3");
  EXPECT_EQ(catalogue.find("sagemaker-xgboost:1.7-1").driver, Driver::kXgboost);
  EXPECT_EQ(catalogue.find("sagemaker-xgboost:1.7-1").python, "/opt/xgb/bin/python");
  EXPECT_EQ(catalogue.find("registry.example.com/my/image:3").train,
            (std::vector<std::string>{"/opt/t", "train"}));
  EXPECT_TRUE(catalogue.find("my/image").serve.empty());
}

TEST_F(CatalogueTest, AnUnknownImageIsToldHowToBeMapped) {
  const Catalogue catalogue = with(R"([{"image": "my/image:1", "python": "/usr/bin/python3"}])");
  try {
    catalogue.find("example.com/other/image:9");
    FAIL();
  } catch (const NoImageRuntime& error) {
    const std::string text = error.what();
    EXPECT_TRUE(
        text.starts_with("ClientError: no local runtime for image example.com/other/image:9; rows "
                         "tried: my/image:1, "));
    EXPECT_NE(text.find("add to " + file() +
                        R"(: {"image":"other/image:*","python":"/usr/bin/python3"})"),
              std::string::npos);
    EXPECT_LE(text.size(), 1024U);
  }
  try {
    catalogue.find("382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1");
    FAIL();
  } catch (const NoImageRuntime& error) {
    EXPECT_NE(std::string(error.what()).find("this built-in algorithm has no local form"),
              std::string::npos);
  }
}

TEST_F(CatalogueTest, AFaultyFileIsNamedWithItsRow) {
  for (const char* rows : {"{",
                           "{}",
                           R"([{"python": "x"}])",
                           R"([{"image": "x"}])",
                           R"([{"image": "x", "train": "y"}])"}) {
    try {
      with(rows);
      FAIL() << rows;
    } catch (const std::runtime_error& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with(file() + ", row ")) << error.what();
    }
  }
}

}  // namespace
}  // namespace pawl::engine
