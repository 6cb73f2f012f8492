// What does an expression cost, from Json to Json? `bench_jsonata` prints it;
// bench/jsonata_compare.py asks it and the JavaScript reference in turns.
#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include "asl/jsonata/jsonata.h"
#include "asl/text.h"

namespace {

using namespace pawl::asl;  // NOLINT: a program of its own

struct Case {
  const char* name;
  const char* expression;
};

constexpr std::array<Case, 12> kCases = {{
    {"path", "orders.customer.email"},
    {"path-deep-index", "orders[0].items[1].sku"},
    {"filter", "orders[status = 'OPEN'].id"},
    {"filter-numeric", "orders.items[qty > 5 and price < 50].sku"},
    {"aggregate", "$sum(orders.items.(qty * price))"},
    {"map-lambda", "$map(orders, function($o, $i) { $o.id & \":\" & $string($i) })"},
    {"reduce-lambda", "$reduce(orders.items.qty, function($a, $b) { $a + $b }, 0)"},
    {"object-constructor",
     "orders.{\"id\": id, \"total\": $sum(items.(qty * price)), \"first\": items[0].sku}"},
    {"group-by", "orders{status: $count(id)}"},
    {"order-by", "orders^(>customer.name, id).id"},
    {"string-ops",
     "$join(orders.($uppercase(customer.name) & \"<\" & $substringBefore(customer.email, \"@\") & "
     "\">\"), \",\")"},
    {"regex", "orders[customer.email ~> /^user[0-9]*7@/].id"},
}};

// Orders of one shape, the same on every machine: 4 make about a kilobyte, 860 about 200.
class Orders {
 public:
  Json document(int count) {
    Json orders = Json::array();
    for (int i = 0; i < count; ++i) orders.push_back(order(i));
    return {{"meta", {{"region", "eu-central-1"}, {"batch", count}}}, {"orders", orders}};
  }

 private:
  Json order(int i) {
    Json items = Json::array();
    for (int j = 0; j < 3; ++j) {
      Json item = {{"sku", "SKU-" + std::to_string(1000 + draw(9000))}};
      item["qty"] = 1 + draw(9);
      item["price"] = (100 + draw(9900)) / 100.0;
      items.push_back(std::move(item));
    }
    static constexpr const char* kStatus[] = {"OPEN", "PAID", "SHIPPED"};
    Json customer = {{"name", "Customer " + std::to_string(draw(500))},
                     {"email", "user" + std::to_string(i * 37 % 500) + "@example.com"}};
    return {{"id", "ord-" + std::to_string(i)},
            {"status", kStatus[i % 3]},
            {"customer", customer},
            {"items", items}};
  }
  int draw(int below) {
    seed_ = (seed_ * 1103515245U + 12345U) & 0x7fffffffU;
    return static_cast<int>(seed_ % static_cast<std::uint32_t>(below));
  }

  std::uint32_t seed_ = 42;
};

struct Document {
  const char* name;
  Json json;
};

std::array<Document, 2> documents() {
  return {{{"small", Orders().document(4)}, {"large", Orders().document(860)}}};
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Evaluations a second.
double rate_of(const jsonata::Program& program, const Json& document, double seconds) {
  jsonata::Input input;
  input.root = &document;
  std::uint64_t count = 0;
  const auto begin = std::chrono::steady_clock::now();
  do {
    for (int i = 0; i < 8; ++i, ++count) {
      const auto result = program.evaluate(input);
      if (!std::holds_alternative<jsonata::Result>(result)) std::abort();
    }
  } while (seconds_since(begin) < seconds);
  return static_cast<double>(count) / seconds_since(begin);
}

Json plan() {
  Json plan = {{"documents", Json::object()}, {"cases", Json::array()}};
  for (const Document& each : documents()) plan["documents"][each.name] = each.json;
  for (const Case& each : kCases) plan["cases"].push_back({each.name, each.expression});
  return plan;
}

Json answer_to(const std::string& expression, const Json& document) {
  jsonata::Input input;
  input.root = &document;
  const auto program = std::get<jsonata::Program>(jsonata::Program::parse(expression));
  return std::get<jsonata::Result>(program.evaluate(input)).value.value_or(Json());
}

// One line for each of stdin's {"document", "expression", "seconds"}: {"rate"} or, with no seconds,
// {"result"}.
void serve() {
  const auto all = documents();
  for (std::string line; std::getline(std::cin, line);) {
    const Json request = std::get<Json>(parse_text(line));
    const auto& expression = request.at("expression").get_ref<const std::string&>();
    const Json& document = request.at("document") == all[0].name ? all[0].json : all[1].json;
    Json answer;
    if (request.contains("seconds")) {
      const auto program = std::get<jsonata::Program>(jsonata::Program::parse(expression));
      answer["rate"] = rate_of(program, document, request.at("seconds").get<double>());
    } else {
      answer["result"] = answer_to(expression, document);
    }
    std::cout << to_text(answer) << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "plan") {
    std::cout << to_text(plan()) << "\n";
  } else if (mode == "serve") {
    serve();
  } else {
    for (const Document& document : documents()) {
      for (const Case& each : kCases) {
        const auto program = std::get<jsonata::Program>(jsonata::Program::parse(each.expression));
        std::cout << document.name << "\t" << each.name << "\t"
                  << 1e6 / rate_of(program, document.json, 0.3) << " us\n";
      }
    }
  }
  return 0;
}
