// pawl diff: two executions side by side.
#include <iostream>
#include <memory>

#include "asl/text.h"
#include "engine/cli/columns.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kEveryStep = 1'000'000;
constexpr std::size_t kValueBytesMax = 100;

std::string value_text(const Json& change, const char* side) {
  const auto found = change.find(side);
  if (found == change.end()) return "(nothing)";
  std::string text = asl::to_text(*found);
  if (text.size() > kValueBytesMax) text = text.substr(0, kValueBytesMax) + "...";
  return text;
}

void print_changes(const Json& item, const std::string& indent) {
  const auto changes = item.find("changes");
  if (changes == item.end()) return;
  for (const auto& [document, list] : changes->items()) {
    for (const Json& change : list) {
      std::cout << indent << document;
      if (change.contains("more")) {
        std::cout << " differs in more places\n";
        continue;
      }
      std::cout << " " << member_text(change, "pointer") << ": " << value_text(change, "left")
                << " -> " << value_text(change, "right") << "\n";
    }
  }
}

std::string mark_of_verdict(const std::string& verdict) {
  if (verdict == "SAME") return "=";
  if (verdict == "DIFFERENT") return "~";
  return verdict == "ONLY_LEFT" ? "-" : "+";
}

std::string side_text(const Json& item, const char* side) {
  const auto found = item.find(side);
  if (found == item.end()) return "";
  return member_text(*found, "status") + " " + duration_of(*found);
}

void print_pair(const Json& item) {
  std::string name(2 * item.value("depth", 0U), ' ');
  name += mark_of_verdict(member_text(item, "verdict")) + " " + member_text(item, "state");
  if (item.contains("index")) name += "[" + member_text(item, "index") + "]";
  if (item.value("visit", 1) > 1) name += " #" + member_text(item, "visit");
  std::string differing;
  for (const Json& what : item.value("differs", Json::array())) {
    differing += (differing.empty() ? "" : ", ") + what.get<std::string>();
  }
  std::cout << padded(name, 34) << " " << padded(side_text(item, "left"), 22) << " "
            << padded(side_text(item, "right"), 22) << " " << differing << "\n";
  print_changes(item, "        ");
}

void print_side(const char* mark, const Json& execution) {
  std::cout << mark << " " << padded(member_text(execution, "id"), 32) << " "
            << member_text(execution, "status") << " " << duration_of(execution) << "\n";
}

int show_diff(ServerClient& client, const std::string& path, bool json) {
  Json head = client.get(path + "&pageSize=1");
  head.erase("items");
  head.erase("nextPageToken");
  const Json items = client.items(path + "&pageSize=1000", kEveryStep);
  if (json) {
    std::cout << asl::to_text(head) << "\n";
    for (const Json& item : items) std::cout << asl::to_text(item) << "\n";
    return kSucceeded;
  }
  print_side("-", head.at("left"));
  print_side("+", head.at("right"));
  const Json& counts = head.at("counts");
  std::cout << "steps: " << member_text(counts, "same") << " same, "
            << member_text(counts, "different") << " different, " << member_text(counts, "onlyLeft")
            << " only in the first, " << member_text(counts, "onlyRight")
            << " only in the second\n";
  print_changes(head, "execution's ");
  for (const Json& item : items) print_pair(item);
  return kSucceeded;
}

}  // namespace

std::function<int()> declare_diff(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto format = declare_format(app);
  auto left = std::make_shared<std::string>();
  auto right = std::make_shared<std::string>();
  app.add_option("first", *left, "MACHINE:NAME or ARN")->required();
  app.add_option("second", *right, "MACHINE:NAME or ARN")->required();
  return [=] {
    ServerClient client(*endpoint);
    const std::string path =
        "/executions/" + path_segment(*left) + "/diff?with=" + percent_encode(*right);
    return show_diff(client, path, *format == "json");
  };
}

}  // namespace pawl::engine
