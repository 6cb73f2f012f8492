#include "engine/cli/logging.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "asl/json.h"

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

class LoggingTest : public ::testing::Test {
 protected:
  LoggingTest() : before_(spdlog::default_logger()) {
    std::string name = (fs::temp_directory_path() / "pawl-log-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    config_.log_file = folder_ + "/pawl.log";
  }
  ~LoggingTest() override {
    spdlog::set_default_logger(before_);
    spdlog::set_level(spdlog::level::info);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  static std::string text_of(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  std::shared_ptr<spdlog::logger> before_;
  std::string folder_;
  Config config_;
};

TEST_F(LoggingTest, AsJsonEachLineIsAnObjectWhateverTheMessageHolds) {
  config_.log_format = LogFormat::kJson;
  const Logging logging(config_);
  spdlog::warn("a \"quoted\"\nmessage {}", 1);
  const asl::Json line = asl::Json::parse(text_of(config_.log_file));
  EXPECT_EQ(line.at("level"), "warning");
  EXPECT_EQ(line.at("message"), "a \"quoted\"\nmessage 1");
  EXPECT_EQ(line.at("time").get<std::string>().size(), 24U);
}

TEST_F(LoggingTest, AFileIsReadByProgramsUnlessTextIsWanted) {
  {
    const Logging logging(config_);
    spdlog::warn("for a program");
    EXPECT_EQ(asl::Json::parse(text_of(config_.log_file)).at("message"), "for a program");
  }
  config_.log_file += ".text";
  config_.log_format = LogFormat::kText;
  const Logging logging(config_);
  spdlog::warn("for people");
  EXPECT_NE(text_of(config_.log_file).find("] for people\n"), std::string::npos);
}

TEST_F(LoggingTest, ALargeFileIsRotatedAndOnlySoManyAreKept) {
  config_.log_file_megabytes = 1;
  config_.log_files = 2;
  const Logging logging(config_);
  const std::string long_line(100'000, 'x');
  for (int i = 0; i < 50; ++i) spdlog::info(long_line);
  EXPECT_TRUE(fs::exists(folder_ + "/pawl.1.log"));
  EXPECT_TRUE(fs::exists(folder_ + "/pawl.2.log"));
  EXPECT_FALSE(fs::exists(folder_ + "/pawl.3.log"));
}

TEST_F(LoggingTest, ReloadedItWritesANewFileAtTheNewLevelWhileOthersLog) {
  Logging logging(config_);
  std::thread other([] {
    for (int i = 0; i < 2'000; ++i) spdlog::error("meanwhile");
  });
  spdlog::debug("too quiet");
  fs::rename(config_.log_file, folder_ + "/moved.log");
  config_.log_level = "debug";
  logging.reload(config_);
  spdlog::debug("now heard");
  other.join();
  spdlog::default_logger()->flush();
  EXPECT_EQ(text_of(folder_ + "/moved.log").find("too quiet"), std::string::npos);
  EXPECT_NE(text_of(config_.log_file).find("now heard"), std::string::npos);
}

TEST_F(LoggingTest, AFileThatCannotBeWrittenIsRefusedAtTheStartAndLaterLeavesTheOldOne) {
  Config wrong = config_;
  wrong.log_file = "/proc/no/such.log";
  EXPECT_THROW(Logging{wrong}, std::runtime_error);
  Logging logging(config_);
  logging.reload(wrong);
  EXPECT_NE(text_of(config_.log_file).find("goes where it went"), std::string::npos);
}

}  // namespace
}  // namespace pawl::engine
