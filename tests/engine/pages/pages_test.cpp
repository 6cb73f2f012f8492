#include "engine/pages/pages.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace pawl::engine {
namespace {

HttpResponse ask(const std::string& path, const std::string& accept = "*/*") {
  HttpRequest request;
  request.method = "GET";
  request.path = path;
  request.headers.set("Accept", accept);
  EXPECT_TRUE(is_page_request(request)) << path;
  return answer_page_request(request);
}

// As a browser does with an address that holds no "//" or "..".
std::string resolved(const std::string& base, const std::string& link) {
  if (link.starts_with('/')) return link;
  return base.substr(0, base.rfind('/') + 1) + link;
}

void follow_links(const std::string& path, std::set<std::string>& seen) {
  if (!seen.insert(path).second) return;
  HttpResponse page = ask(path);
  if (page.status == 302) return follow_links(std::string(page.headers.get("Location")), seen);
  ASSERT_EQ(page.status, 200) << path;
  static const std::regex kLink(R"(\]\(([^):#]+)(#[^)]*)?\))");
  for (auto at = std::sregex_iterator(page.body.begin(), page.body.end(), kLink);
       at != std::sregex_iterator();
       ++at) {
    const std::string target = resolved(path, (*at)[1]);
    if (target.starts_with("/docs/")) follow_links(target, seen);
  }
}

TEST(Pages, LeadToEachOtherAndNowhereElse) {
  std::set<std::string> seen;
  follow_links("/docs/", seen);
  EXPECT_GT(seen.size(), 35u);
}

TEST(Pages, TheRootLeadsABrowserToThem) {
  const HttpResponse root = ask("/");
  EXPECT_EQ(root.status, 302);
  EXPECT_EQ(root.headers.get("Location"), "/ui/");
  EXPECT_EQ(ask("/ui/").headers.get("Location"), "/docs/");
  EXPECT_EQ(ask("/docs").headers.get("Location"), "/docs/");
}

TEST(Pages, APostToTheRootIsNone) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/";
  EXPECT_FALSE(is_page_request(request));
}

TEST(Pages, ABrowserGetsHtmlAndOthersMarkdown) {
  const HttpResponse html = ask("/docs/rest-api", "text/html,application/xhtml+xml,*/*;q=0.8");
  EXPECT_EQ(html.headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(html.body.find("<h1>The REST API</h1>"), std::string::npos);
  EXPECT_NE(html.body.find("<title>The REST API - Pawl</title>"), std::string::npos);
  const HttpResponse text = ask("/docs/rest-api.md");
  EXPECT_EQ(text.headers.get("Content-Type"), "text/markdown; charset=utf-8");
  EXPECT_TRUE(text.body.starts_with("# The REST API\n"));
}

TEST(Pages, TablesAreTables) {
  EXPECT_NE(ask("/docs/clients", "text/html").body.find("<table>"), std::string::npos);
}

TEST(Pages, AProblemHasItsPartOfThePage) {
  const HttpResponse page = ask("/docs/problems/execution-does-not-exist");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.body.starts_with("## execution-does-not-exist\n")) << page.body;
  EXPECT_EQ(page.body.find("## ", 3), std::string::npos) << "more than its part";
}

TEST(Pages, WhatIsNotThereIs404) {
  EXPECT_EQ(ask("/docs/problems/none-of-this-name").status, 404);
  EXPECT_EQ(ask("/docs/nowhere").status, 404);
  EXPECT_EQ(ask("/docs/../README").status, 404);
  EXPECT_EQ(ask("/docs/%zz").status, 200) << "an escape that says nothing names the first page";
}

}  // namespace
}  // namespace pawl::engine
