#include "engine/cli/definition_file.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "asl/json.h"

namespace pawl::engine {

namespace {

using asl::Json;

// YAML 1.2's core schema: what an unquoted scalar means.
Json scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;  // quoted
  if (text.empty() || text == "~" || text == "null") return nullptr;
  if (text == "true") return true;
  if (text == "false") return false;
  std::int64_t integer = 0;
  const char* end = text.data() + text.size();
  if (const auto [rest, error] = std::from_chars(text.data(), end, integer);
      error == std::errc() && rest == end) {
    return integer;
  }
  double number = 0;
  if (const auto [rest, error] = std::from_chars(text.data(), end, number);
      error == std::errc() && rest == end && std::isfinite(number)) {
    return number;
  }
  return text;
}

std::string escaped(const std::string& member) {
  std::string out;
  for (const char c : member) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

class Converter {
 public:
  explicit Converter(std::map<std::string, asl::Position>& positions) : positions_(positions) {}

  Json convert(const YAML::Node& node, const std::string& pointer, int depth = 0) {
    if (depth > 500) throw std::runtime_error("the YAML is nested too deeply");
    note(pointer, node.Mark());
    if (node.IsSequence()) {
      Json array = Json::array();
      for (const YAML::Node& element : node) {
        array.push_back(convert(element, pointer + "/" + std::to_string(array.size()), depth + 1));
      }
      return array;
    }
    if (node.IsMap()) {
      Json object = Json::object();
      for (const auto& member : node) {
        const std::string& name = member.first.Scalar();
        const std::string place = pointer + "/" + escaped(name);
        if (object.contains(name)) throw std::runtime_error("'" + name + "' stands there twice");
        object[name] = convert(member.second, place, depth + 1);
        note(place, member.first.Mark());
      }
      return object;
    }
    return node.IsScalar() ? scalar(node) : Json(nullptr);
  }

 private:
  void note(const std::string& pointer, const YAML::Mark& mark) {
    positions_[pointer] = {mark.line + 1, mark.column + 1};
  }
  std::map<std::string, asl::Position>& positions_;
};

}  // namespace

std::string read_text(const std::string& path) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string text_or_file(const std::string& argument) {
  return argument.starts_with('@') ? read_text(argument.substr(1)) : argument;
}

DefinitionFile read_definition(const std::string& path) {
  DefinitionFile file;
  file.json = read_text(path);
  file.is_yaml = path.ends_with(".yaml") || path.ends_with(".yml");
  if (!file.is_yaml) return file;
  try {
    file.json = asl::to_text(Converter(file.positions).convert(YAML::Load(file.json), ""));
  } catch (const YAML::Exception& error) {
    throw std::runtime_error(path + ":" + std::to_string(error.mark.line + 1) + ":" +
                             std::to_string(error.mark.column + 1) + ": " + error.msg);
  }
  return file;
}

}  // namespace pawl::engine
