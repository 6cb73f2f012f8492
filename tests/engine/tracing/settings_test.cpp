#include "engine/tracing/settings.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

namespace pawl::engine {
namespace {

std::optional<TraceSettings> settings(std::map<std::string, std::string> variables) {
  return trace_settings(
      [variables = std::move(variables)](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string() : found->second;
      },
      "1.2.3");
}

TEST(TraceSettings, AreNoneUntilSomebodyAsks) {
  EXPECT_FALSE(settings({}));
  const std::string to = "http://c:4318";
  EXPECT_FALSE(settings({{"OTEL_EXPORTER_OTLP_ENDPOINT", to}, {"OTEL_SDK_DISABLED", "true"}}));
  EXPECT_FALSE(settings({{"OTEL_EXPORTER_OTLP_ENDPOINT", to}, {"OTEL_TRACES_EXPORTER", "none"}}));
}

TEST(TraceSettings, TheEndpointOfEverythingGetsThePathOfTracesAndTheirOwnIsTakenAsItIs) {
  EXPECT_EQ(settings({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/"}})->url,
            "http://c:4318/v1/traces");
  EXPECT_EQ(settings({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"},
                      {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/x"}})
                ->url,
            "https://t/x");
}

TEST(TraceSettings, HeadersResourceAndTimeoutAreRead) {
  const auto read = settings({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"},
                              {"OTEL_EXPORTER_OTLP_HEADERS", "a=b%20c, d=e"},
                              {"OTEL_EXPORTER_OTLP_TIMEOUT", "250"},
                              {"OTEL_RESOURCE_ATTRIBUTES", "service.name=x,env=test"},
                              {"OTEL_SERVICE_NAME", "mine"}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->headers,
            (std::vector<std::pair<std::string, std::string>>{{"a", "b c"}, {"d", "e"}}));
  EXPECT_EQ(read->timeout.count(), 250);
  EXPECT_EQ(
      read->resource,
      (SpanAttributes{{"service.name", "mine"}, {"env", "test"}, {"service.version", "1.2.3"}}));
}

TEST(TraceSettings, ThatCannotBeTakenAreRefusedByTheVariablesName) {
  const auto fault = [](const std::string& name, const std::string& value) -> std::string {
    try {
      settings({{name, value}, {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"}});
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(fault("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            "OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' is not spoken; http/json is");
  EXPECT_EQ(fault("OTEL_EXPORTER_OTLP_TIMEOUT", "1s"),
            "OTEL_EXPORTER_OTLP_TIMEOUT: '1s' is no number of milliseconds");
  EXPECT_EQ(fault("OTEL_EXPORTER_OTLP_HEADERS", "ab"),
            "OTEL_EXPORTER_OTLP_HEADERS: 'ab' is not of the form name=value");
  EXPECT_EQ(fault("OTEL_EXPORTER_OTLP_ENDPOINT", "c:4318"),
            "OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4318/v1/traces' is no http address");
}

}  // namespace
}  // namespace pawl::engine
