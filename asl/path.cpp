#include "asl/path.h"

#include "asl/errors.h"
#include "asl/path_evaluator.h"
#include "asl/path_parser.h"
#include "asl/path_steps.h"
#include "asl/text.h"
#include "asl/utf8.h"

namespace pawl::asl {
namespace {

bool is_variable_start(std::string_view text) {
  const CodePoint first = decode_utf8(text);
  return first.bytes > 0 && (first.value == '_' || (first.value >= 'a' && first.value <= 'z') ||
                             (first.value >= 'A' && first.value <= 'Z') || first.value >= 0x80);
}

std::size_t variable_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() &&
         (is_variable_start(text.substr(length)) || (text[length] >= '0' && text[length] <= '9'))) {
    length += decode_utf8(text.substr(length)).bytes;
  }
  return length;
}

// The way of names and indexes, without collecting anything. Null where it ends early: the
// evaluator then says why.
const Json* walk(const std::vector<Step>& steps, const Json& root) {
  const Json* at = &root;
  for (const Step& step : steps) {
    if (const auto* names = std::get_if<NamesStep>(&step)) {
      const auto member = at->find(names->names.front());
      if (!at->is_object() || member == at->end()) {
        return nullptr;
      }
      at = &*member;
    } else {
      const std::int64_t index = std::get<IndexesStep>(step).indexes.front();
      if (!at->is_array() || index < 0 || std::cmp_greater_equal(index, at->size())) {
        return nullptr;
      }
      at = &at->get_ref<const Json::array_t&>()[static_cast<std::size_t>(index)];
    }
  }
  return at;
}

const Json* root_of(const Path::Compiled& path, const Documents& documents) {
  switch (path.root) {
    case Path::Compiled::Root::kInput:
      return documents.input;
    case Path::Compiled::Root::kContext:
      return documents.context;
    case Path::Compiled::Root::kVariable:
      break;
  }
  if (documents.variables == nullptr) {
    return nullptr;
  }
  const auto variable = documents.variables->find(path.variable);
  return variable == documents.variables->end() ? nullptr : &variable->second.json();
}

bool is_chain(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    const auto* names = std::get_if<NamesStep>(&step);
    if (names != nullptr && names->names.size() > 1) {
      return false;
    }
  }
  return is_definite(steps);
}

PathMiss::Kind kind_of(const Miss& miss, std::size_t steps) {
  switch (miss.kind) {
    case Miss::Kind::kNoResults:
    case Miss::Kind::kMissingProperty:
      return PathMiss::Kind::kNotFound;
    case Miss::Kind::kIndexPastEnd:
      return miss.step + 1 == steps ? PathMiss::Kind::kIndexPastEnd : PathMiss::Kind::kNotFound;
    default:
      return PathMiss::Kind::kNotApplicable;
  }
}

}  // namespace

Path::Path(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

std::variant<Path, PathSyntaxError> Path::parse(std::string_view text) {
  auto compiled = std::make_shared<Compiled>();
  compiled->text = text;
  std::string_view rest = text;
  while (!rest.empty() && rest.back() == ' ') {
    rest.remove_suffix(1);
  }
  const std::size_t length = rest.size();
  if (rest.substr(0, 1) != "$") {
    return PathSyntaxError{"A path must start with '$'"};
  }
  rest.remove_prefix(1);
  if (rest.substr(0, 1) == "$") {
    compiled->root = Compiled::Root::kContext;
    rest.remove_prefix(1);
  } else if (is_variable_start(rest)) {
    compiled->root = Compiled::Root::kVariable;
    compiled->variable = rest.substr(0, variable_length(rest));
    rest.remove_prefix(compiled->variable.size());
  }
  try {
    compiled->steps = parse_steps(rest, length - rest.size(), 0);
  } catch (const PathFault& fault) {
    return PathSyntaxError{fault.message + " (at character " + std::to_string(fault.at + 1) + ")"};
  }
  compiled->is_definite = asl::is_definite(compiled->steps);
  compiled->is_chain = asl::is_chain(compiled->steps);
  return Path(std::move(compiled));
}

const std::string& Path::text() const { return compiled_->text; }
bool Path::is_root() const {
  return compiled_->root == Compiled::Root::kInput && compiled_->steps.empty();
}
bool Path::is_definite() const { return compiled_->is_definite; }
bool Path::reads_context() const { return compiled_->root == Compiled::Root::kContext; }
const std::string& Path::variable() const { return compiled_->variable; }

std::variant<Selection, PathMiss> Path::select(const Documents& documents) const {
  const Json* root = root_of(*compiled_, documents);
  if (root == nullptr) {
    return PathMiss{
        PathMiss::Kind::kNotFound,
        "No results for path: " +
            (compiled_->variable.empty() ? compiled_->text : "$" + compiled_->variable)};
  }
  if (compiled_->is_chain) {
    if (const Json* found = walk(compiled_->steps, *root)) {
      return Selection(found);
    }
  }
  Evaluation evaluation(*root);
  if (const auto miss = evaluation.run(compiled_->steps, *root, compiled_->is_definite)) {
    return PathMiss{kind_of(*miss, compiled_->steps.size()), describe(*miss, compiled_->steps)};
  }
  if (compiled_->is_definite && !evaluation.made_values()) {
    return Selection(evaluation.results().back());
  }
  auto values = evaluation.results_as_array();
  if (!values) {
    return PathMiss{PathMiss::Kind::kNotFound, describe({Miss::Kind::kTooMuch}, compiled_->steps)};
  }
  return Selection(compiled_->is_definite ? std::move(values->back()) : *std::move(values));
}

Result<Json> Path::read(const Documents& documents) const {
  auto selected = select(documents);
  if (auto* miss = std::get_if<PathMiss>(&selected)) {
    return StateError{errors::kRuntime, std::move(miss->text)};
  }
  return std::get<Selection>(std::move(selected)).take();
}

std::variant<ReferencePath, PathSyntaxError> ReferencePath::parse(std::string_view text) {
  if (text.substr(0, 1) != "$") {
    return PathSyntaxError{"Reference path didn't start with '$'"};  // [seen]
  }
  auto path = Path::parse(text);
  if (auto* error = std::get_if<PathSyntaxError>(&path)) {
    return std::move(*error);
  }
  if (!std::get<Path>(path).compiled().is_chain) {
    return PathSyntaxError{"Reference path can only hold names and array indexes"};
  }
  for (const Step& step : std::get<Path>(path).compiled().steps) {
    const auto* indexes = std::get_if<IndexesStep>(&step);
    if (indexes != nullptr && indexes->indexes.front() < 0) {
      return PathSyntaxError{"Reference path can't hold negative indexes"};
    }
  }
  return ReferencePath(std::get<Path>(std::move(path)));
}

const std::string& ReferencePath::text() const { return path_.text(); }
bool ReferencePath::is_root() const { return path_.is_root(); }
Result<Json> ReferencePath::read(const Documents& documents) const { return path_.read(documents); }

Result<Json> ReferencePath::write(const Json& document, Json value) const {
  const auto& steps = path_.compiled().steps;
  if (steps.empty()) {
    return value;
  }
  Json out = document;
  Json* at = &out;
  for (const Step& step : steps) {
    // An object made on the way starts as null; the document itself and what it holds have to fit
    // as they are.
    const bool is_new = at->is_discarded();
    Json* next = nullptr;
    if (const auto* names = std::get_if<NamesStep>(&step);
        names != nullptr && (is_new || at->is_object())) {
      if (is_new) {
        *at = Json::object();
      }
      auto& members = at->get_ref<Json::object_t&>();
      next = &members.emplace(names->names.front(), Json::value_t::discarded).first->second;
    } else if (const auto* indexes = std::get_if<IndexesStep>(&step);
               indexes != nullptr && at->is_array()) {
      const auto index = static_cast<std::size_t>(indexes->indexes.front());
      next = index < at->size() ? &at->get_ref<Json::array_t&>()[index] : nullptr;
    }
    if (next == nullptr) {
      return StateError{errors::kResultPathMatchFailure,
                        "Unable to apply step " + to_string(step) + " of the path '" + text() +
                            "' to '" + (is_new ? "nothing" : to_text(*at)) + "'"};
    }
    at = next;
  }
  *at = std::move(value);
  if (nests_deeper_than(out, TextLimits::kDepthMax)) {
    return StateError{errors::kRuntime, "The document nests too deeply"};
  }
  return out;
}

}  // namespace pawl::asl
