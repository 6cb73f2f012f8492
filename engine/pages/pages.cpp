#include "engine/pages/pages.h"

#include <algorithm>
#include <optional>

#include "embedded/pages.h"
#include "engine/pages/html.h"

namespace pawl::engine {
namespace {

constexpr std::string_view kRoot = "/docs/";
constexpr std::string_view kProblems = "problems/";
constexpr std::string_view kDecisions = "decisions/";

struct Found {
  std::string title;
  std::string markdown;
};

std::string_view text_of_page(std::string_view path) {
  for (const embedded::Page& page : embedded::pages()) {
    if (page.path == path) return page.text;
  }
  return {};
}

std::string_view without_suffix(std::string_view name) {
  constexpr std::string_view kSuffix = ".md";
  if (name.ends_with(kSuffix)) name.remove_suffix(kSuffix.size());
  return name;
}

// From "# Title" on.
std::string title_of(std::string_view markdown) {
  markdown.remove_prefix(std::min(markdown.find_first_not_of("# "), markdown.size()));
  return std::string(markdown.substr(0, markdown.find('\n')));
}

// The part of problems.md under the heading of this name.
std::optional<Found> problem_page(std::string_view name) {
  const std::string_view all = text_of_page("problems.md");
  const std::string heading = "\n## " + std::string(name) + "\n";
  const std::size_t begin = all.find(heading);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = all.find("\n## ", begin + heading.size());
  return Found{std::string(name), std::string(all.substr(begin + 1, end - begin - 1))};
}

Found list_of_decisions() {
  Found found{"Decisions", "# Decisions\n\n"};
  for (const embedded::Page& page : embedded::pages()) {
    if (!page.path.starts_with(kDecisions)) continue;
    found.markdown += "- [" + title_of(page.text) + "](" +
                      std::string(page.path.substr(kDecisions.size())) + ")\n";
  }
  return found;
}

std::optional<Found> find_page(std::string_view path) {
  const std::string_view name = without_suffix(path);
  if (name == kDecisions) return list_of_decisions();
  if (name.starts_with(kProblems)) return problem_page(name.substr(kProblems.size()));
  const std::string_view text =
      text_of_page(name.empty() ? "README.md" : std::string(name) + ".md");
  if (text.empty()) return std::nullopt;
  return Found{title_of(text), std::string(text)};
}

HttpResponse redirect(const std::string& where) {
  HttpResponse response;
  response.status = 302;
  response.headers.set("Location", where);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

bool is_page_request(const HttpRequest& request) {
  const bool is_page = request.path == "/" || request.path == "/ui" ||
                       request.path.starts_with("/ui/") || request.path == "/docs" ||
                       request.path.starts_with(kRoot);
  return is_page && (request.method == "GET" || request.method == "HEAD");
}

HttpResponse answer_page_request(const HttpRequest& request) {
  if (request.path == "/") return redirect("/ui/");
  if (!request.path.starts_with(kRoot)) return redirect(std::string(kRoot));
  const std::string name = percent_decode(request.path.substr(kRoot.size())).value_or("");
  const auto found = find_page(name);
  if (!found && name.starts_with(kProblems)) {
    // The parts of problems.md name other pages as that page does.
    const std::string beside = name.substr(kProblems.size());
    if (find_page(beside)) return redirect(std::string(kRoot) + beside);
  }
  if (!found)
    return error_response(404, "There is no page " + request.path + "; /docs/ has others");
  HttpResponse response;
  response.headers.set("Vary", "Accept");
  if (request.headers.get("Accept").find("text/html") != std::string_view::npos) {
    response.headers.set("Content-Type", "text/html; charset=utf-8");
    response.body = html_page(found->title + " - Pawl", found->markdown);
  } else {
    response.headers.set("Content-Type", "text/markdown; charset=utf-8");
    response.body = found->markdown;
  }
  return response;
}

}  // namespace pawl::engine
