#include "engine/aws/answer_shape.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace pawl::engine {

namespace {

class AnswerShape {
 public:
  // NOLINTNEXTLINE(misc-no-recursion): as deep as the shapes are
  Shape of(const ModelMember& use) {
    const ModelShape& shape = *use.shape;
    const bool is_open = std::find(around_.begin(), around_.end(), &shape) != around_.end();
    if (is_open || shape.document || shape.event_stream || use.streams() || use.json_value)
      return shapes::any();
    around_.push_back(&shape);
    Shape out = of_kind(shape);
    around_.pop_back();
    return out;
  }

 private:
  Shape of_kind(const ModelShape& shape) {
    switch (shape.kind) {
      case ShapeKind::kStructure:
        return structure(shape);
      case ShapeKind::kList:
        return bounded(shape, shapes::list(of(*shape.element)));
      case ShapeKind::kMap:
        return bounded(shape, shapes::map(of(*shape.value)));
      case ShapeKind::kBlob:  // [seen] a text
      case ShapeKind::kString:
        return bounded(shape, shapes::text());
      case ShapeKind::kBoolean:
        return shapes::boolean();
      case ShapeKind::kInteger:
        return bounded(shape, shapes::integer());
      case ShapeKind::kLong:
        return bounded(shape, shapes::whole());
      case ShapeKind::kDouble:
        return bounded(shape, shapes::number());
      case ShapeKind::kTimestamp:
        return shapes::timestamp();
    }
    return shapes::any();
  }

  Shape structure(const ModelShape& shape) {
    std::vector<Member> members;
    for (const ModelMember& member : shape.members)
      members.push_back({member.sdk_name, of(member), shape.requires_member(member.name)});
    return shapes::structure(std::move(members));
  }

  static Shape bounded(const ModelShape& from, Shape out) {
    out.min = from.bounds.min;
    out.max = from.bounds.max;
    out.values = from.values;
    return out;
  }

  std::vector<const ModelShape*> around_;  // the one that is made
};

}  // namespace

Shape answer_shape(const ModelOperation& operation) {
  if (operation.output.shape == nullptr) return shapes::structure({});
  return AnswerShape().of(operation.output);
}

}  // namespace pawl::engine
