#include "engine/store/artifacts.h"

namespace pawl::engine {

std::string_view to_string(NodeKind kind) {
  switch (kind) {
    case NodeKind::kArtifact:
      return "artifact";
    case NodeKind::kEndpoint:
      return "endpoint";
    case NodeKind::kJob:
      return "job";
    case NodeKind::kModel:
      break;
  }
  return "model";
}

std::string_view to_string(Relation relation) {
  switch (relation) {
    case Relation::kConsumedBy:
      return "CONSUMED_BY";
    case Relation::kMadeInto:
      return "MADE_INTO";
    case Relation::kProduced:
      return "PRODUCED";
    case Relation::kServedBy:
      break;
  }
  return "SERVED_BY";
}

}  // namespace pawl::engine
