#include "engine/security/audit.h"

#include <algorithm>

#include "asl/text.h"
#include "engine/http/answers_together.h"
#include "tests/engine/security/clock_and_folder.h"

namespace pawl::engine {
namespace {

class Audit : public SecurityTest {
 protected:
  std::unique_ptr<AuditLog> open(std::uint32_t files = 5) {
    return std::make_unique<AuditLog>(AuditOptions{file("audit.log"), 1, files},
                                      [this] { return now_; });
  }
  static HttpResponse answer(int status) {
    HttpResponse response;
    response.status = status;
    response.headers.set("x-amzn-RequestId", "id-1");
    response.body = "the payload";
    return response;
  }
};

TEST_F(Audit, SaysWhoDidWhatToWhatAndWhatCameOfIt) {
  const auto log = open();
  HttpResponse done = answer(200);
  done.about = "arn:aws:states:us-east-1:123456789012:execution:m:one";
  log->record({"token:ci", "states:StartExecution", "", "10.0.0.7:1234"}, done);
  EXPECT_EQ(text_of(file("audit.log")),
            R"({"time":"2026-01-15T12:00:00.000Z","caller":"token:ci",)"
            R"("action":"states:StartExecution",)"
            R"("resource":"arn:aws:states:us-east-1:123456789012:execution:m:one","status":200,)"
            R"("requestId":"id-1","address":"10.0.0.7:1234"})"
            "\n");
}

TEST_F(Audit, SaysWhyARequestFailedAndNamesThePathWhenTheAnswerNamesNothing) {
  const auto log = open();
  HttpResponse failed = answer(400);
  failed.headers.set("x-amzn-ErrorType", "InvalidName");
  log->record({"key:A", "s3:PutObject", "/bucket/key", "::1"}, failed);
  const auto line = asl::Json::parse(text_of(file("audit.log")));
  EXPECT_EQ(line.at("error"), "InvalidName");
  EXPECT_EQ(line.at("resource"), "/bucket/key");
}

TEST_F(Audit, SaysWhyWhenTheClientDoes) {
  HttpRequest request;
  request.headers.set("X-Pawl-Reason", std::string(300, 'y'));
  const AuditedRequest what = audited(request, {});
  EXPECT_EQ(what.reason, std::string(256, 'y'));
  const auto log = open();
  log->record({"a", "x", "", "", "ticket 17"}, answer(200));
  EXPECT_EQ(asl::Json::parse(text_of(file("audit.log"))).at("reason"), "ticket 17");
}

TEST_F(Audit, IsWrittenBeforeTheAnswersThatWaitForOneAnotherLeave) {
  const auto log = open();
  {
    const AnswersTogether together;
    log->record({"a", "x", "", ""}, answer(200));
    log->record({"b", "x", "", ""}, answer(200));
    EXPECT_EQ(text_of(file("audit.log")), "");
  }
  const std::string lines = text_of(file("audit.log"));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  log->record({"c", "x", "", ""}, answer(200));
  EXPECT_NE(text_of(file("audit.log")).find("\"caller\":\"c\""), std::string::npos);
}

TEST_F(Audit, GoesOnInANewFileWhenItsOwnWasMovedAway) {
  const auto log = open();
  log->record({"a", "x", "", ""}, answer(200));
  std::filesystem::rename(file("audit.log"), file("kept.log"));
  log->reopen();
  log->record({"b", "x", "", ""}, answer(200));
  EXPECT_NE(text_of(file("kept.log")).find("\"caller\":\"a\""), std::string::npos);
  EXPECT_NE(text_of(file("audit.log")).find("\"caller\":\"b\""), std::string::npos);
  EXPECT_EQ(text_of(file("audit.log")).find("\"caller\":\"a\""), std::string::npos);
}

TEST_F(Audit, IsRotatedAtItsSize) {
  const auto log = open(1);
  const std::string resource(1000, 'r');
  for (int i = 0; i < 1200; ++i) log->record({"a", "x", resource, ""}, answer(200));
  EXPECT_TRUE(std::filesystem::exists(file("audit.1.log")));
  EXPECT_LE(std::filesystem::file_size(file("audit.log")), 1U << 20);
}

TEST_F(Audit, ThatCannotBeWrittenIsSaidAtOnce) {
  write(file("a-file"), "");
  EXPECT_THROW(AuditLog({file("a-file/audit.log"), 1, 1}, [this] { return now_; }),
               std::runtime_error);
}

}  // namespace
}  // namespace pawl::engine
