// Retry and Catch, the same for Task, Parallel and Map.
// [spec] https://states-language.net/spec.html#errors
#include <unordered_set>

#include "asl/errors.h"
#include "asl/state/common.h"
#include "asl/state_reader.h"

namespace pawl::asl {
namespace {

constexpr double kDelaySecondsMax = 31'622'400;  // [aws] 366 days

constexpr std::string_view kJitters[] = {"NONE", "FULL"};
constexpr FieldRule kErrorEquals = array("ErrorEquals").required().not_empty().of_texts();

constexpr FieldRule kRetrierFields[] = {
    kErrorEquals,
    integer("IntervalSeconds").between(0, kSecondsMax),  // [seen] 0 is accepted
    integer("MaxAttempts").between(0, kSecondsMax),
    number("BackoffRate").at_least(1),
    integer("MaxDelaySeconds").between(1, kDelaySecondsMax),
    text("JitterStrategy").one_of(kJitters),
    kComment,
};

constexpr FieldRule kCatcherFields[] = {
    kErrorEquals,
    text("Next").required(),
    kResultPath,
    kAssign,
    kOutput,
    kComment,
};

// ErrorEquals of the entries of one Retry or Catch, in order.
class ErrorNames {
 public:
  // What the entries are called in a warning: a Retrier, a Catcher.
  ErrorNames(Findings& findings, const char* entry) : findings_(findings), entry_(entry) {}

  std::vector<std::string> read(const FieldReader& entry, bool is_last) {
    std::vector<std::string> names;
    const Json* list = entry.find("ErrorEquals");
    if (list == nullptr) return names;
    const Place here(entry.place(), "ErrorEquals");
    bool has_all = false;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Json& name = (*list)[i];
      if (!name.is_string()) {
        findings_.error(Place(here, i), "Expected value of type [STRING]");
        continue;
      }
      names.push_back(name.get<std::string>());
      has_all = has_all || names.back() == errors::kAll;
      warn_if_named_before(names.back(), Place(here, i));
    }
    if (has_all && (list->size() > 1 || !is_last)) {
      findings_.error(here, "States.ALL must appear alone and at end of list");
    }
    return names;
  }

 private:
  void warn_if_named_before(const std::string& name, const Place& place) {
    if (seen_.insert(name).second) return;
    findings_.our_warning(
        place,
        "UNREACHABLE_ERROR_NAME",
        "'" + name + "' never matches here: an earlier " + entry_ + " names it already");
  }

  Findings& findings_;
  const char* entry_;
  std::unordered_set<std::string> seen_;
};

// [aws] MaxDelaySeconds must be greater than IntervalSeconds.
void check_delay(const FieldReader& fields) {
  const auto interval = fields.integer_of("IntervalSeconds");
  const auto most = fields.integer_of("MaxDelaySeconds");
  if (interval && most && *most <= *interval) {
    fields.findings().error(Place(fields.place(), "MaxDelaySeconds"),
                            "MaxDelaySeconds must be greater than IntervalSeconds");
  }
}

Retrier read_retrier(const FieldReader& fields) {
  Retrier retrier;
  retrier.interval_seconds = fields.integer_of("IntervalSeconds").value_or(1);
  retrier.max_attempts = fields.integer_of("MaxAttempts").value_or(3);
  if (const Json* rate = fields.find("BackoffRate")) retrier.backoff_rate = rate->get<double>();
  retrier.max_delay_seconds = fields.integer_of("MaxDelaySeconds");
  if (fields.text_of("JitterStrategy") == "FULL") retrier.jitter = Retrier::Jitter::kFull;
  check_delay(fields);
  return retrier;
}

// [spec] A Catcher without ResultPath replaces the whole input with the error output.
ResultPathField whole_input() { return std::get<ReferencePath>(ReferencePath::parse("$")); }

Catcher read_catcher(const FieldReader& fields) {
  Catcher catcher;
  catcher.next = StateName{fields.text_of("Next")};
  auto path = fields.result_path();
  catcher.result_path = path ? std::move(*path) : whole_input();
  catcher.assign = fields.assign();
  catcher.output = fields.output();
  return catcher;
}

}  // namespace

constinit const ObjectRules kRetrierRules{kRetrierFields};
constinit const ObjectRules kCatcherRules{kCatcherFields};

std::vector<Retrier> StateReader::retriers() const {
  std::vector<Retrier> retriers;
  const Json* list = find("Retry");
  if (list == nullptr) return retriers;
  const Place here(place(), "Retry");
  ErrorNames names(findings(), "Retrier");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Place entry(here, i);
    const FieldReader fields((*list)[i], kRetrierRules, reading(), entry, findings());
    Retrier retrier = read_retrier(fields);
    retrier.error_equals = names.read(fields, i + 1 == list->size());
    retriers.push_back(std::move(retrier));
  }
  return retriers;
}

std::vector<Catcher> StateReader::catchers() const {
  std::vector<Catcher> catchers;
  const Json* list = find("Catch");
  if (list == nullptr) return catchers;
  const Place here(place(), "Catch");
  ErrorNames names(findings(), "Catcher");
  Reading in_catcher = reading();
  in_catcher.states_at_exit = kStatesInCatcher;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Place entry(here, i);
    const FieldReader fields((*list)[i], kCatcherRules, in_catcher, entry, findings());
    Catcher catcher = read_catcher(fields);
    catcher.error_equals = names.read(fields, i + 1 == list->size());
    catchers.push_back(std::move(catcher));
  }
  return catchers;
}

}  // namespace pawl::asl
