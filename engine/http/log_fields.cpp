#include "engine/http/log_fields.h"

namespace pawl::engine {
namespace {

thread_local const LogFields::List* innermost = nullptr;

}  // namespace

LogFields::LogFields(List fields) : fields_(std::move(fields)), outer_(innermost) {
  innermost = &fields_;
}

LogFields::~LogFields() { innermost = outer_; }

const LogFields::List& LogFields::current() {
  static const List kNone;
  return innermost == nullptr ? kNone : *innermost;
}

}  // namespace pawl::engine
