#include "engine/server/config.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "engine/server/options.h"

namespace pawl::engine {
namespace {

// A variable of the environment, as it was when the test is over.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* before = ::getenv(name_.c_str())) before_ = before;
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() {
    if (before_) {
      ::setenv(name_.c_str(), before_->c_str(), 1);
    } else {
      ::unsetenv(name_.c_str());
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_;
  std::optional<std::string> before_;
};

class ConfigFile : public testing::Test {
 protected:
  ConfigFile() : folder_((std::filesystem::temp_directory_path() / "pawl-config-XXXXXX").string()) {
    if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  ~ConfigFile() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Config read(const std::string& text) {
    std::ofstream(file()) << text;
    Config config;
    read_config_file(file(), config);
    return config;
  }
  // Why the file is refused.
  std::string refusal(const std::string& text) {
    try {
      read(text);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
  std::string file() const { return folder_ + "/pawl.toml"; }

  std::string folder_;
};

TEST_F(ConfigFile, SetsWhatItNamesAndLeavesTheRest) {
  const Config config = read(
      "# a comment\n"
      "listen = \"127.0.0.1:9000\"\n"
      "profile = \"open\"\n"
      "python = \"/opt/python\"\n"
      "insecure = true\n");
  EXPECT_EQ(config.port, 9000);
  EXPECT_EQ(config.profile, Profile::kOpen);
  EXPECT_EQ(config.python, "/opt/python");
  EXPECT_TRUE(config.insecure);
  EXPECT_EQ(config.region, "us-east-1");
  EXPECT_EQ(config.account, "123456789012");
}

TEST_F(ConfigFile, NamesFunctionsAndTheFolderTheyAreIn) {
  const Config config = read(
      "[functions]\n"
      "resize = \"resize.py:handler\"\n"
      "upper = \"tr a-z A-Z\"\n");
  EXPECT_EQ(config.functions.at("resize"), "resize.py:handler");
  EXPECT_EQ(config.functions.at("upper"), "tr a-z A-Z");
  EXPECT_EQ(config.config_folder, folder_);
}

TEST_F(ConfigFile, HasPathsRelativeToItself) {
  const Config config = read(
      "data = \"data\"\nlog-file = \"log/pawl.log\"\nmock-config = \"../mocks.json\"\n"
      "audit-log = \"audit.log\"\nservice-models = \"/a:b\"\ntls-key = \"/key.pem\"\n");
  EXPECT_EQ(config.data_folder, folder_ + "/data");
  EXPECT_EQ(config.log_file, folder_ + "/log/pawl.log");
  EXPECT_EQ(config.mock_config,
            std::filesystem::path(folder_).parent_path().string() + "/mocks.json");
  EXPECT_EQ(config.audit_log, folder_ + "/audit.log");
  EXPECT_EQ(config.service_models, "/a:" + folder_ + "/b");
  EXPECT_EQ(config.tls_key, "/key.pem");
  EXPECT_EQ(read("audit-log = \"off\"\n").audit_log, "off");
}

TEST_F(ConfigFile, NamesHostsThatNeedNoTls) {
  EXPECT_EQ(read("plain-http-hosts = \"a.internal, b.internal\"\n").plain_http_hosts,
            (std::vector<std::string>{"a.internal", "b.internal"}));
  EXPECT_TRUE(read("").plain_http_hosts.empty());
}

TEST_F(ConfigFile, WithASettingThatIsNoneIsRefusedByItsName) {
  EXPECT_EQ(refusal("colour = \"red\"\n"), file() + ": there is no setting 'colour'");
  EXPECT_NE(refusal("[server]\nlisten = 1\n").find("there is no setting 'server.listen'"),
            std::string::npos);
}

TEST_F(ConfigFile, WithAValueThatIsNoneIsRefusedWithWhatItMayBe) {
  EXPECT_EQ(refusal("profile = \"loose\"\n"),
            file() + ": profile: 'loose' is no profile: use aws or open");
  EXPECT_EQ(refusal("listen = \"127.0.0.1:70000\"\n"),
            file() + ": listen: '70000' is no port: use a number from 0 to 65535");
  EXPECT_EQ(refusal("insecure = perhaps\n"),
            file() + ": insecure: 'perhaps' is neither true nor false");
}

TEST_F(ConfigFile, ThatCannotBeReadIsRefused) {
  Config config;
  EXPECT_THROW(read_config_file(folder_ + "/none.toml", config), std::runtime_error);
}

TEST(Listen, TakesAPortAHostOrBoth) {
  const auto set = [](const std::string& text) {
    Config config;
    set_listen(text, config);
    return config.host + " " + std::to_string(config.port);
  };
  EXPECT_EQ(set("9000"), "127.0.0.1 9000");
  EXPECT_EQ(set(":9000"), "127.0.0.1 9000");
  EXPECT_EQ(set("localhost:0"), "127.0.0.1 0");
  EXPECT_EQ(set("10.0.0.1:80"), "10.0.0.1 80");
  EXPECT_EQ(set("[::1]:80"), "::1 80");
}

TEST(Listen, RefusesWhatIsNoPort) {
  Config config;
  for (const char* text : {"", "host", "host:", "1:65536", ":-1", ":80x"})
    EXPECT_THROW(set_listen(text, config), std::runtime_error) << text;
}

TEST(Environment, NamesTheRegionAndWhereServicesAre) {
  const Variable region("AWS_REGION", "eu-west-1");
  const Variable lambda("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:1");
  const Variable queue("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:2");
  const Variable empty("AWS_ENDPOINT_URL_SNS", "");
  const Variable any("AWS_ENDPOINT_URL", "http://127.0.0.1:3");
  const Variable machines("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:4");
  const Variable models("PAWL_SERVICE_MODELS", "/a:/b");
  Config config;
  read_environment(config);
  EXPECT_EQ(config.region, "eu-west-1");
  EXPECT_EQ(config.lambda_url, "http://127.0.0.1:1");
  EXPECT_EQ(config.service_urls.at("SQS"), "http://127.0.0.1:2");
  EXPECT_FALSE(config.service_urls.contains("SNS"));
  EXPECT_EQ(config.service_urls.at(""), "http://127.0.0.1:3");
  EXPECT_EQ(config.service_urls.at("EC2"), "http://127.0.0.1:4");
  EXPECT_EQ(config.service_models, "/a:/b");
}

TEST(DataFolder, IsInTheDataHomeOfTheUser) {
  {
    const Variable data_home("XDG_DATA_HOME", "/data");
    EXPECT_EQ(default_data_folder(), "/data/pawl");
  }
  const Variable no_data_home("XDG_DATA_HOME", "");
  {
    const Variable home("HOME", "/home/me");
    EXPECT_EQ(default_data_folder(), "/home/me/.local/share/pawl");
  }
  const Variable no_home("HOME", "");
  EXPECT_EQ(default_data_folder(), "./pawl-data");
}

TEST_F(ConfigFile, ADataFolderThatIsMadeIsForItsOwnerAlone) {
  namespace fs = std::filesystem;
  Config config;
  config.data_folder = folder_ + "/a/data";
  data_folder_of(config);
  EXPECT_EQ(fs::status(config.data_folder).permissions(), fs::perms::owner_all);
  const fs::perms before = fs::status(folder_ + "/a").permissions();
  config.data_folder = folder_ + "/a";
  data_folder_of(config);
  EXPECT_EQ(fs::status(config.data_folder).permissions(), before);
}

TEST_F(ConfigFile, SaysWhereTheLogGoesAndHow) {
  const Config config = read(
      "log-file = \"/var/log/pawl.log\"\nlog-files = 3\nlog-file-megabytes = 10\n"
      "log-format = \"json\"\nlog-level = \"warn\"\n");
  EXPECT_EQ(config.log_file, "/var/log/pawl.log");
  EXPECT_EQ(config.log_files, 3U);
  EXPECT_EQ(config.log_file_megabytes, 10U);
  EXPECT_EQ(config.log_format, LogFormat::kJson);
  EXPECT_EQ(config.log_level, "warn");
  EXPECT_NE(refusal("log-format = \"xml\"").find("log-format: 'xml'"), std::string::npos);
  EXPECT_NE(refusal("log-level = \"loud\"").find("'loud' is no level"), std::string::npos);
  EXPECT_NE(refusal("log-file-megabytes = 0").find("no size"), std::string::npos);
}

TEST_F(ConfigFile, AccessKeysHaveASecretAndAScope) {
  const Config config = read(R"(
[keys.AKIDONE]
secret = "wJalr/K7+x"
scope = "run"
[keys.AKIDTWO]
secret-file = "two.secret"
)");
  ASSERT_EQ(config.keys.size(), 2U);
  EXPECT_EQ(config.keys.at("AKIDONE").secret, "wJalr/K7+x");
  EXPECT_EQ(config.keys.at("AKIDONE").scope, "run");
  EXPECT_EQ(config.keys.at("AKIDTWO").secret_file, "two.secret");
  EXPECT_EQ(config.keys.at("AKIDTWO").scope, "read");
  EXPECT_NE(refusal("[keys.A]\nscope = \"all\"\n").find("'all'"), std::string::npos);
  EXPECT_NE(refusal("[keys.A]\nsecrets = \"x\"\n").find("'secrets'"), std::string::npos);
}

TEST_F(ConfigFile, AccessKeysMayHaveASessionToken) {
  const Config config = read(R"(
[keys.ASIAONE]
secret = "s"
session-token = "FwoGZXIvYXdzE/+="
[keys.ASIATWO]
secret = "s"
session-token-file = "two.token"
[keys.ASIATHREE]
secret = "s"
session-token-env = "THREE_TOKEN"
)");
  EXPECT_EQ(config.keys.at("ASIAONE").session_token, "FwoGZXIvYXdzE/+=");
  EXPECT_EQ(config.keys.at("ASIATWO").session_token_file, "two.token");
  EXPECT_EQ(config.keys.at("ASIATHREE").session_token_env, "THREE_TOKEN");
}

TEST_F(ConfigFile, SaysWhoIsAskedAndHowMuchTheyMayAsk) {
  const Config config = read(R"(
auth = "required"
audit-log = "off"
rate-limit = 50
rate-burst = 70
connections-max = 10
connections-per-client = 3
tls-certificate = "cert.pem"
tls-key = "key.pem"
)");
  EXPECT_TRUE(config.auth_required);
  EXPECT_EQ(config.audit_log, "off");
  EXPECT_EQ(config.rate_limit, 50U);
  EXPECT_EQ(config.rate_burst, 70U);
  EXPECT_EQ(config.connections_max, 10U);
  EXPECT_EQ(config.connections_per_client, 3U);
  EXPECT_EQ(config.tls_certificate, folder_ + "/cert.pem");
  EXPECT_EQ(config.tls_key, folder_ + "/key.pem");
  EXPECT_FALSE(read("auth = \"auto\"\n").auth_required);
  EXPECT_NE(refusal("auth = \"never\"\n").find("'never'"), std::string::npos);
}

}  // namespace
}  // namespace pawl::engine
