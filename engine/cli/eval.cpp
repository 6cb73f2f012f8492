#include <iostream>
#include <memory>
#include <string>

#include "asl/eval.h"
#include "asl/text.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/runtime/system_world.h"

namespace pawl::engine {

namespace {

using asl::Json;

struct EvalOptions {
  bool batch = false;
  std::string language = "jsonpath";
  std::string mode = "plain";
  std::string data;
  std::string expression;
};

// One request a line in, one answer a line out, flushed: whoever asks waits for it.
int eval_batch() {
  SystemEntropy entropy;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) continue;
    const Json answer = asl::evaluate_line(line, &entropy, SystemClock().now());
    std::cout << asl::to_text(answer) << std::endl;
  }
  return kSucceeded;
}

int eval_one(const EvalOptions& options) {
  Json request = {{"id", "1"},
                  {"language", options.language},
                  {"expr", options.expression},
                  {"mode", options.mode}};
  if (!options.data.empty()) {
    const auto data = asl::parse_text(options.data);
    if (const auto* error = std::get_if<asl::TextError>(&data)) {
      std::cerr << "pawl: --data is no JSON: " << error->message << "\n";
      return kUsage;
    }
    request["data"] = std::get<Json>(data);
  }
  SystemEntropy entropy;
  const Json answer = asl::evaluate_request(request, &entropy, SystemClock().now());
  if (answer.contains("error")) {
    const Json& error = answer.at("error");
    std::cerr << "pawl: " << error.value("code", "") << ": " << error.value("message", "") << "\n";
    return kFailed;
  }
  std::cout << (answer.contains("result") ? asl::to_text(answer.at("result")) : "undefined")
            << "\n";
  return kSucceeded;
}

}  // namespace

std::function<int()> declare_eval(CLI::App& app) {
  auto options = std::make_shared<EvalOptions>();
  app.add_flag(
      "--batch", options->batch, "Read requests from standard input, one JSON object a line");
  app.add_option(
      "--language", options->language, "jsonpath (paths and intrinsic functions) or jsonata");
  app.add_option("--mode", options->mode, "Of jsonata: plain, or aws with Step Functions' bounds");
  app.add_option("--data", options->data, "The document that $ stands for, as JSON");
  app.add_option("expression", options->expression, "For example $.items[0] or States.UUID()");
  return [options] { return options->batch ? eval_batch() : eval_one(*options); };
}

}  // namespace pawl::engine
