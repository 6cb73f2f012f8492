#include "asl/state/parallel.h"

#include "asl/state/common.h"

namespace pawl::asl {
namespace {

constexpr FieldRule kFields[] = {
    kType,
    kComment,
    kQueryLanguage,
    kInputPath,
    kOutputPath,
    kResultPath,
    kParameters,
    kArguments,
    kOutput,
    kAssign,
    kResultSelector,
    kRetry,
    kCatch,
    array("Branches").required().not_empty().of(kBranchRules),
    kNext,
    kEnd,
};
constexpr FieldGroup kGroups[] = {kOneExit};

// [seen] A branch has no QueryLanguage of its own.
constexpr FieldRule kBranchFields[] = {
    text("StartAt").required(),
    object("States").required(),
    kComment,
};

}  // namespace

constinit const ObjectRules kBranchRules{kBranchFields};
constinit const ObjectRules kParallelRules{kFields, kGroups};

Parallel read_parallel(const StateReader& reader) {
  Parallel parallel;
  if (const Json* branches = reader.find("Branches")) {
    const Place& here = reader.graphs().keep(Place(reader.place(), "Branches"));
    for (std::size_t i = 0; i < branches->size(); ++i) {
      parallel.branches.push_back(
          reader.graphs().parse_nested({(*branches)[i], kBranchRules, reader.graphs().type()},
                                       reader.graphs().keep(Place(here, i))));
    }
  }
  parallel.retry = reader.retriers();
  parallel.catchers = reader.catchers();
  parallel.exit = reader.exit();
  return parallel;
}

}  // namespace pawl::asl
