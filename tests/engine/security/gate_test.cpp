#include "engine/security/gate.h"

#include "engine/http/hash.h"
#include "engine/http/sigv4.h"
#include "tests/engine/security/clock_and_folder.h"

namespace pawl::engine {
namespace {

const Access kStart{Scope::kRun, "states:StartExecution", "states", Dialect::kAwsJson};
const Access kList{Scope::kRead, "states:ListExecutions", "states", Dialect::kAwsJson};
const Access kCreate{Scope::kAdmin, "states:CreateStateMachine", "states", Dialect::kAwsJson};
const Access kHealth{Scope::kOpen, "GET /healthz", "", Dialect::kProblem};
const Access kPut{Scope::kAdmin, "s3:PutObject", "s3", Dialect::kS3};

class GateTest : public SecurityTest {
 protected:
  GateTest() {
    AccessKeys keys;
    keys["AKIDRUN"] = {"secret", Scope::kRun, ""};
    keys["AKIDADMIN"] = {"other secret", Scope::kAdmin, ""};
    keys["ASIATEMPORARY"] = {"secret", Scope::kRun, "session token"};
    for (Gate* gate : {&strict_, &open_}) gate->set_keys(keys);
  }
  std::function<asl::Timestamp()> clock() {
    return [this] { return now_; };
  }
  static HttpRequest bearing(const std::string& authorization) {
    HttpRequest request;
    request.method = "POST";
    request.path = request.target = "/";
    request.headers.add("Host", "127.0.0.1:8083");
    if (!authorization.empty()) request.headers.add("Authorization", authorization);
    return request;
  }
  HttpRequest with_token(Scope scope, std::optional<asl::Timestamp> end = std::nullopt) {
    const std::string name = "t" + std::to_string(++made_);
    return bearing("Bearer " + tokens_.create({name, scope, now_, end}));
  }
  HttpRequest signed_by(const std::string& key,
                        const std::string& secret,
                        SigningScope scope = {"us-east-1", "states"},
                        const std::string& session = "") {
    HttpRequest request = bearing("");
    request.headers.add("X-Amz-Target", "AWSStepFunctions.StartExecution");
    request.body = R"({"stateMachineArn":"arn"})";
    if (scope.at.ms == 0) scope.at = now_;
    Headers headers;
    headers.set("X-Amz-Target", "AWSStepFunctions.StartExecution");
    sign_request(
        {key, secret, session}, scope, {"POST", "127.0.0.1:8083", "/", request.body}, headers);
    for (const char* name : {"X-Amz-Date", "X-Amz-Security-Token", "Authorization"}) {
      if (headers.has(name)) request.headers.set(name, std::string(headers.get(name)));
    }
    return request;
  }
  // Admitted, body and all: "" or why not.
  static std::string passes(Gate& gate, HttpRequest request, const Access& access) {
    if (const auto refused = gate.admit(request, access)) return say(*refused);
    if (const auto refused = gate.check_body(request, access)) return say(*refused);
    return "";
  }
  static std::string say(const Refused& refused) {
    return std::string(name_of(refused.why)) +
           (refused.detail.empty() ? "" : ": " + refused.detail);
  }

  int made_ = 0;
  TokenFile tokens_{file("tokens.json")};
  Gate strict_{{.required = true}, tokens_, clock()};
  Gate open_{{.required = false}, tokens_, clock()};
};

TEST_F(GateTest, EveryScopeIncludesTheSmallerOnes) {
  EXPECT_EQ(passes(strict_, with_token(Scope::kRead), kList), "");
  EXPECT_EQ(passes(strict_, with_token(Scope::kRun), kList), "");
  EXPECT_EQ(passes(strict_, with_token(Scope::kRun), kStart), "");
  EXPECT_EQ(passes(strict_, with_token(Scope::kAdmin), kStart), "");
  EXPECT_EQ(passes(strict_, with_token(Scope::kAdmin), kCreate), "");
  EXPECT_EQ(passes(strict_, with_token(Scope::kRead), kStart).substr(0, 13), "access-denied");
  EXPECT_EQ(passes(strict_, with_token(Scope::kRun), kCreate).substr(0, 13), "access-denied");
}

TEST_F(GateTest, ASmallerScopeIsDeniedInAwsWords) {
  EXPECT_EQ(passes(strict_, with_token(Scope::kRead), kStart),
            "access-denied: User: arn:aws:iam::123456789012:user/t1 is not authorized to perform: "
            "states:StartExecution because no identity-based policy allows the "
            "states:StartExecution action");
}

TEST_F(GateTest, WithoutCredentialsOnlyHealthIsToldWhereTheyAreRequired) {
  EXPECT_EQ(passes(strict_, bearing(""), kList), "no-credentials");
  EXPECT_EQ(passes(strict_, bearing("Basic dTpw"), kList), "no-credentials");
  EXPECT_EQ(passes(strict_, bearing(""), kHealth), "");
  EXPECT_EQ(passes(open_, bearing(""), kCreate), "");
}

TEST_F(GateTest, TokensThatAreNoneOrOverAreRefused) {
  EXPECT_EQ(passes(strict_, bearing("Bearer pawl_x"), kList), "unknown-credentials");
  EXPECT_EQ(passes(strict_, bearing("Bearer"), kList), "no-credentials");
  HttpRequest brief = with_token(Scope::kAdmin, asl::Timestamp{now_.ms + 10});
  EXPECT_EQ(passes(strict_, brief, kList), "");
  now_.ms += 10;
  EXPECT_EQ(passes(strict_, brief, kList), "expired-token");
}

TEST_F(GateTest, WhereNoneAreRequiredThoseThatAreKnownStillCount) {
  HttpRequest reader = with_token(Scope::kRead);
  EXPECT_EQ(passes(open_, reader, kList), "");
  EXPECT_EQ(passes(open_, reader, kStart).substr(0, 13), "access-denied");
  EXPECT_EQ(passes(open_, bearing("Bearer pawl_of_another_server"), kCreate), "");
  EXPECT_EQ(passes(open_, signed_by("any", "any"), kCreate), "");
  EXPECT_EQ(passes(open_, signed_by("AKIDRUN", "wrong"), kStart), "wrong-signature");
}

TEST_F(GateTest, TheCallerIsNamedForTheAudit) {
  HttpRequest token = with_token(Scope::kRun);
  ASSERT_FALSE(strict_.admit(token, kStart));
  EXPECT_EQ(token.caller.name, "token:t1");
  HttpRequest key = signed_by("AKIDRUN", "secret");
  ASSERT_FALSE(strict_.admit(key, kStart));
  EXPECT_TRUE(Gate::is_pending(key));  // nobody's yet: the body may be another
  EXPECT_EQ(key.caller.scope, Scope::kOpen);
  ASSERT_FALSE(strict_.check_body(key, kStart));
  EXPECT_EQ(key.caller.name, "key:AKIDRUN");
  HttpRequest nobody = bearing("");
  ASSERT_FALSE(open_.admit(nobody, kStart));
  EXPECT_EQ(nobody.caller.name, "anonymous");
}

TEST_F(GateTest, ASignatureProvesTheSecretAndCoversTheBody) {
  EXPECT_EQ(passes(strict_, signed_by("AKIDRUN", "secret"), kStart), "");
  EXPECT_EQ(passes(strict_, signed_by("AKIDRUN", "Secret"), kStart), "wrong-signature");
  EXPECT_EQ(passes(strict_, signed_by("AKIDADMIN", "secret"), kStart), "wrong-signature");
  EXPECT_EQ(passes(strict_, signed_by("AKIDNONE", "secret"), kStart), "unknown-credentials");
  EXPECT_EQ(passes(strict_, signed_by("AKIDRUN", "secret"), kCreate).substr(0, 13),
            "access-denied");
  HttpRequest changed = signed_by("AKIDRUN", "secret");
  changed.body += " ";
  EXPECT_EQ(passes(strict_, changed, kStart), "wrong-signature");
  HttpRequest elsewhere = signed_by("AKIDRUN", "secret");
  elsewhere.path = elsewhere.target = "/other";
  EXPECT_EQ(passes(strict_, elsewhere, kStart), "wrong-signature");
  HttpRequest of_another_host = signed_by("AKIDRUN", "secret");
  of_another_host.headers.set("Host", "127.0.0.1:8084");
  EXPECT_EQ(passes(strict_, of_another_host, kStart), "wrong-signature");
  HttpRequest other_action = signed_by("AKIDRUN", "secret");
  other_action.headers.set("X-Amz-Target", "AWSStepFunctions.StopExecution");
  EXPECT_EQ(passes(strict_, other_action, kStart), "wrong-signature");
}

TEST_F(GateTest, HeadersOfAwsThatAreNotSignedAreRefused) {
  HttpRequest more = signed_by("AKIDRUN", "secret");
  more.headers.add("X-Amz-Meta-Injected", "1");
  EXPECT_EQ(passes(strict_, more, kStart),
            "wrong-signature: 'x-amz-meta-injected' must be a 'SignedHeader' in the AWS "
            "Authorization.");
}

TEST_F(GateTest, ASignatureIsForFiveMinutesOnBothSides) {
  const HttpRequest request = signed_by("AKIDRUN", "secret");
  const asl::Timestamp signed_at = now_;
  constexpr std::int64_t kFiveMinutes = 300'000;
  now_.ms = signed_at.ms + kFiveMinutes;
  EXPECT_EQ(passes(strict_, request, kStart), "");
  now_.ms = signed_at.ms - kFiveMinutes;
  EXPECT_EQ(passes(strict_, request, kStart), "");
  now_.ms = signed_at.ms + kFiveMinutes + 1000;
  EXPECT_EQ(passes(strict_, request, kStart),
            "outside-its-time: Signature expired: 20260115T120000Z is now earlier than "
            "20260115T120001Z (20260115T120501Z - 5 min.)");
  now_.ms = signed_at.ms - kFiveMinutes - 1000;
  EXPECT_EQ(passes(strict_, request, kStart),
            "outside-its-time: Signature not yet current: 20260115T120000Z is still later than "
            "20260115T115959Z (20260115T115459Z + 5 min.)");
}

TEST_F(GateTest, ASignatureIsForOneRegionAndOneService) {
  EXPECT_EQ(passes(strict_, signed_by("AKIDRUN", "secret", {"eu-west-1", "states"}), kStart),
            "wrong-scope-of-signature: Credential should be scoped to a valid region.");
  EXPECT_EQ(passes(strict_, signed_by("AKIDRUN", "secret", {"us-east-1", "glue"}), kStart),
            "wrong-scope-of-signature: Credential should be scoped to correct service: 'states'.");
}

TEST_F(GateTest, AnAuthorizationThatCannotBeReadSaysWhatIsMissing) {
  EXPECT_EQ(
      passes(strict_, bearing("AWS4-HMAC-SHA256 Signature=a"), kStart),
      "malformed-signature: Authorization header requires 'Credential' parameter. "
      "Authorization header requires 'SignedHeaders' parameter. Authorization header requires "
      "existence of either a 'X-Amz-Date' or a 'Date' header.");
  EXPECT_EQ(passes(strict_, bearing("AWS key:signature"), kStart), "other-signature");
}

TEST_F(GateTest, OnlyS3LeavesBodiesUnsigned) {
  const auto sent = [this](const char* service, const std::string& payload) {
    HttpRequest request = bearing("");
    request.body = "the body";
    Headers headers;
    headers.set("x-amz-content-sha256", payload);
    // What is signed is the request with this hash in the place of the body's.
    headers.set("x-amz-date", basic_time(now_));
    request.headers.set("x-amz-content-sha256", payload);
    request.headers.set("x-amz-date", basic_time(now_));
    Signature signature;
    signature.service = service;
    signature.signed_headers = {"host", "x-amz-content-sha256", "x-amz-date"};
    const CredentialScope place{basic_time(now_).substr(0, 8), "us-east-1", service};
    const std::string value = signature_of(
        "other secret", place, basic_time(now_), canonical_request(request, signature, payload));
    request.headers.set(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=AKIDADMIN/" + place.text() +
            ", SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" + value);
    return request;
  };
  const std::string right = hash::hex(hash::sha256("the body"));
  EXPECT_EQ(passes(strict_, sent("s3", "UNSIGNED-PAYLOAD"), kPut), "");
  EXPECT_EQ(passes(strict_, sent("s3", right), kPut), "");
  EXPECT_EQ(passes(strict_, sent("s3", hash::hex(hash::sha256(""))), kPut), "wrong-body");
  EXPECT_EQ(passes(strict_, sent("states", right), kStart), "");
  EXPECT_EQ(passes(strict_, sent("states", "UNSIGNED-PAYLOAD"), kStart), "wrong-body");
}

TEST_F(GateTest, TemporaryCredentialsNeedTheirSessionToken) {
  const SigningScope scope{"us-east-1", "states"};
  EXPECT_EQ(passes(strict_, signed_by("ASIATEMPORARY", "secret", scope, "session token"), kStart),
            "");
  EXPECT_EQ(passes(strict_, signed_by("ASIATEMPORARY", "secret", scope, "another"), kStart),
            "wrong-session-token");
  EXPECT_EQ(passes(strict_, signed_by("ASIATEMPORARY", "secret", scope), kStart),
            "unknown-credentials");
}

TEST_F(GateTest, AKeyOfItsOwnTakesNoSessionToken) {
  EXPECT_EQ(passes(strict_, signed_by("AKIDRUN", "secret", {"us-east-1", "states"}, "t"), kStart),
            "wrong-session-token");
}

TEST_F(GateTest, OnlySignatureVersion4IsRead) {
  for (const char* other : {"AWS AKIDRUN:frJIUN8DYpKDtOLCwo//yllqDzg=",
                            "AWS4-ECDSA-P256-SHA256 Credential=AKIDRUN/20130524/s3/aws4_request"}) {
    EXPECT_EQ(passes(strict_, bearing(other), kPut), "other-signature");
  }
}

TEST_F(GateTest, TellsWhoSignedWhatItAdmitted) {
  HttpRequest request = signed_by("AKIDRUN", "secret");
  EXPECT_FALSE(strict_.signer_of(request));
  EXPECT_FALSE(strict_.admit(request, kStart));
  EXPECT_FALSE(strict_.check_body(request, kStart));
  const auto signer = strict_.signer_of(request);
  ASSERT_TRUE(signer);
  EXPECT_EQ(signer->secret, "secret");
  EXPECT_EQ(signer->signature.key_id, "AKIDRUN");
}

}  // namespace
}  // namespace pawl::engine
