#include "asl/state/succeed.h"

#include "asl/state/common.h"

namespace pawl::asl {
namespace {

constexpr FieldRule kFields[] = {
    kType,
    kComment,
    kQueryLanguage,
    kInputPath,
    kOutputPath,
    kOutput,
};

}  // namespace

constinit const ObjectRules kSucceedRules{kFields};

Succeed read_succeed(const StateReader&) { return {}; }

}  // namespace pawl::asl
