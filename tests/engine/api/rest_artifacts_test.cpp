// Artifacts as resources: kept, read in parts, listed, gone, and their lineage.
#include <fstream>
#include <iterator>

#include "engine/api/rest/rest.h"
#include "engine/artifacts/recorder.h"
#include "engine/objects/digest.h"
#include "tests/engine/api/rest_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class RestArtifacts : public RestFixture {
 protected:
  RestArtifacts() {
    clock_.now_ms = 4'000'000'000'000;  // later than the objects of the test
    objects_->create_bucket("bkt");
  }

  static std::string digest_of(const std::string& bytes) {
    return "sha256:" + to_hex(digest(DigestKind::kSha256, bytes));
  }
  static std::string path_of(const std::string& bytes) { return "/artifacts/" + digest_of(bytes); }
  HttpResponse put(const std::string& bytes, const std::string& type = "text/plain") {
    return rest("PUT", path_of(bytes), bytes, header("Content-Type", type));
  }
  // Of the file that an answer sends.
  static std::string sent(const HttpResponse& response) {
    if (!response.file) return "no file";
    std::ifstream in(response.file->path, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(response.file->offset));
    std::string bytes(response.file->length, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return bytes;
  }
  // Of a job that has read "in" and made "out", whose model an endpoint serves.
  void record_job() {
    objects_->put("bkt", "in/a", "in", {});
    objects_->put("bkt", "out/m", "out", {});
    LineageRecorder recorder(artifacts_, [](const std::function<void()>& task) { task(); });
    const LineageNode job = job_node("training/j", std::string(kPrefix) + "execution:M:x#1");
    const LineageNode model = made_node(NodeKind::kModel, "m", clock_.now(), "");
    recorder.job_took(job, {{"train", {{"bkt", *objects_->head("bkt", "in/a")}}}});
    recorder.job_made(job, {{"model", "bkt", "out/m"}});
    recorder.model_made(model, {"s3://bkt/out/m"});
    recorder.endpoint_serves(made_node(NodeKind::kEndpoint, "e", clock_.now(), ""),
                             {{model, "all"}});
  }
};

TEST_F(RestArtifacts, AreKeptUnderTheirDigestAndReadWhole) {
  const HttpResponse made = put("hello");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location"), "/api/v1" + path_of("hello"));
  EXPECT_EQ(json(made)["digest"], digest_of("hello"));
  EXPECT_EQ(json(made)["size"], 5);
  EXPECT_EQ(json(made)["kept"], true);
  EXPECT_EQ(put("hello", "text/csv").status, 200);
  for (const char* method : {"GET", "HEAD"}) {
    const HttpResponse read = rest(method, path_of("hello"));
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(sent(read), "hello");
    EXPECT_EQ(read.headers.get("Content-Type"), "text/plain");
    EXPECT_EQ(read.headers.get("ETag"), "\"" + digest_of("hello") + "\"");
    EXPECT_EQ(read.headers.get("Accept-Ranges"), "bytes");
  }
}

TEST_F(RestArtifacts, AreReadInPartsAndNotAtAllWhenTheClientHasThem) {
  put("hello");
  const HttpResponse part = rest("GET", path_of("hello"), "", header("Range", "bytes=1-3"));
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(sent(part), "ell");
  EXPECT_EQ(part.headers.get("Content-Range"), "bytes 1-3/5");
  EXPECT_EQ(sent(rest("GET", path_of("hello"), "", header("Range", "bytes=-2"))), "lo");
  expect_problem(rest("GET", path_of("hello"), "", header("Range", "bytes=5-")), 416);
  const std::string etag = "\"" + digest_of("hello") + "\"";
  EXPECT_EQ(rest("GET", path_of("hello"), "", header("If-None-Match", etag)).status, 304);
  put("");
  EXPECT_EQ(rest("GET", path_of("")).status, 200);
  expect_problem(rest("GET", path_of(""), "", header("Range", "bytes=-1")), 416);
}

TEST_F(RestArtifacts, WhatABrowserIsLedToRunsNothing) {
  put("<script>", "text/html");
  const HttpResponse read = rest("GET", path_of("<script>"));
  EXPECT_EQ(read.headers.get("Content-Security-Policy"), "default-src 'none'; sandbox");
  EXPECT_EQ(read.headers.get("X-Content-Type-Options"), "nosniff");
}

TEST_F(RestArtifacts, ABodyOfAnotherDigestIsRefusedAndNotKept) {
  const HttpResponse refused = rest("PUT", path_of("hello"), "hallo");
  expect_problem(refused, 422);
  EXPECT_EQ(json(refused)["type"], "/docs/problems/digest-mismatch");
  expect_problem(rest("GET", path_of("hello")), 404);
}

TEST_F(RestArtifacts, WhatIsNoDigestOrNoMediaTypeIsRefused) {
  for (const char* path : {"/artifacts/hello",
                           "/artifacts/sha256:..%2F..%2Fpawl.db",
                           "/artifacts/sha256:0",
                           "/artifacts/md5:0"}) {
    for (const char* method : {"GET", "HEAD", "PUT", "DELETE"}) {
      const HttpResponse refused = rest(method, path);
      expect_problem(refused, 400);
      EXPECT_EQ(json(refused)["type"], "/docs/problems/invalid-digest");
    }
    expect_problem(rest("GET", std::string(path) + "/lineage"), 400);
  }
  expect_problem(rest("PUT", path_of("x"), "x", header("Content-Type", "text")), 400);
  expect_problem(rest("GET", "/artifacts?nope=1"), 400, "?nope");
  expect_problem(rest("GET", path_of("x") + "?download=1"), 400, "?download");
}

TEST_F(RestArtifacts, AreListedInPagesByWhatIsKnownOfThem) {
  record_job();
  put("hello");
  const Json page = json(rest("GET", "/artifacts?pageSize=2"));
  ASSERT_EQ(page["items"].size(), 2u);
  EXPECT_EQ(page["items"][0]["digest"], digest_of("hello"));
  EXPECT_EQ(page["items"][1],
            Json({{"digest", digest_of("out")},
                  {"size", 3},
                  {"mediaType", "application/octet-stream"},
                  {"kept", false},
                  {"createdAt", "2096-10-02T07:06:40.000Z"},
                  {"uri", "s3://bkt/out/m"},
                  {"producer", "training/j"},
                  {"executionArn", std::string(kPrefix) + "execution:M:x"},
                  {"execution", "M:x"}}));
  const std::string token = page["nextPageToken"].get<std::string>();
  const Json last = json(rest("GET", "/artifacts?pageSize=2&pageToken=" + percent_encode(token)));
  ASSERT_EQ(last["items"].size(), 1u);
  EXPECT_EQ(last["items"][0]["digest"], digest_of("in"));
  EXPECT_FALSE(last.contains("nextPageToken"));
  for (const char* query : {"consumer=training/j", "uriPrefix=s3://bkt/in/"}) {
    const Json found = json(rest("GET", std::string("/artifacts?") + query));
    ASSERT_EQ(found["items"].size(), 1u) << query;
    EXPECT_EQ(found["items"][0]["digest"], digest_of("in")) << query;
  }
  EXPECT_EQ(json(rest("GET", "/artifacts?mediaType=text/plain"))["items"].size(), 1u);
  expect_problem(rest("GET", "/artifacts?producer=other&pageToken=" + percent_encode(token)), 400);
}

TEST_F(RestArtifacts, LineageTellsWhatItWasMadeOfAndWhatWasMadeOfIt) {
  record_job();
  const Json graph = json(rest("GET", path_of("out") + "/lineage"));
  std::vector<std::string> nodes;
  for (const Json& node : graph["nodes"]) {
    const std::string id = node["id"].get<std::string>();
    nodes.push_back(id.substr(0, id.find('@')) + " " + std::to_string(node["distance"].get<int>()));
  }
  EXPECT_EQ(nodes,
            (std::vector<std::string>{"artifact/" + digest_of("out") + " 0",
                                      "job/training/j -1",
                                      "artifact/" + digest_of("in") + " -2",
                                      "model/m 1",
                                      "endpoint/e 2"}));
  EXPECT_EQ(graph["nodes"][1]["execution"], "M:x");
  EXPECT_EQ(graph["nodes"][2]["artifact"]["uri"], "s3://bkt/in/a");
  EXPECT_EQ(graph["edges"].size(), 4u);
  EXPECT_EQ(graph["edges"][3]["relation"], "SERVED_BY");
  EXPECT_EQ(graph["edges"][3]["from"], graph["nodes"][3]["id"]);
  EXPECT_EQ(graph["truncated"], false);
  const Json up = json(rest("GET", path_of("out") + "/lineage?depth=1&direction=upstream"));
  EXPECT_EQ(up["nodes"].size(), 2u);
  expect_problem(rest("GET", path_of("out") + "/lineage?depth=21"), 400, "?depth");
  expect_problem(rest("GET", path_of("out") + "/lineage?direction=up"), 400, "?direction");
  expect_problem(rest("GET", path_of("none") + "/lineage"), 404);
}

TEST_F(RestArtifacts, WhatNobodyHasAnyMoreIsGoneAndItsLineageStays) {
  record_job();
  EXPECT_EQ(sent(rest("GET", path_of("in"))), "in");
  objects_->put("bkt", "in/a", "another", {});
  const HttpResponse gone = rest("GET", path_of("in"));
  expect_problem(gone, 410);
  EXPECT_EQ(json(gone)["type"], "/docs/problems/artifact-gone");
  EXPECT_NE(json(gone)["detail"].get<std::string>().find("s3://bkt/in/a"), std::string::npos);
  EXPECT_EQ(json(rest("GET", path_of("in") + "/lineage"))["edges"].size(), 2u);
  put("in");
  EXPECT_EQ(sent(rest("GET", path_of("in"))), "in");
}

TEST_F(RestArtifacts, OnlyBytesThatAreKeptHereAreRemoved) {
  record_job();
  put("hello");
  EXPECT_EQ(rest("DELETE", path_of("hello")).status, 204);
  expect_problem(rest("GET", path_of("hello")), 404);
  expect_problem(rest("DELETE", path_of("hello")), 404);
  const HttpResponse refused = rest("DELETE", path_of("in"));
  expect_problem(refused, 409);
  EXPECT_EQ(json(refused)["type"], "/docs/problems/artifact-not-kept");
}

TEST_F(RestArtifacts, ALargeBodyComesAsAFileThatIsTakenOver) {
  const std::string file = folder_.file("spooled");
  std::ofstream(file) << "large";
  HttpRequest request;
  request.method = "PUT";
  request.path = request.target = "/api/v1" + path_of("large");
  request.body_file = file;
  EXPECT_TRUE(Rest::spools(request));
  EXPECT_EQ(send(request).status, 201);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(sent(rest("GET", path_of("large"))), "large");
}

}  // namespace
}  // namespace pawl::engine
