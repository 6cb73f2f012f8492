#include "engine/ml/sagemaker_shapes.h"

#include <utility>

namespace pawl::engine::sagemaker_shapes {

using shapes::integer;
using shapes::list;
using shapes::optional;
using shapes::required;
using shapes::structure;
using shapes::text;
using shapes::timestamp;

Shape name() { return text().length(1, 63).matching("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"); }
Shape s3_uri() { return text().length(0, 1024).matching("(https|s3)://([^/]+)/?(.*)"); }
Shape tags() {
  return list(structure({required("Key", text().length(1, 128)),
                         required("Value", text().length(0, 256))}))
      .length(0, 50);
}

Shape list_request(std::vector<std::string> sort_by,
                   std::vector<std::string> status,
                   const std::vector<Member>& more) {
  std::vector<Member> members = {
      optional("NextToken", text().length(0, 8192)),
      optional("MaxResults", integer().length(1, 100)),
      optional("NameContains", text().length(0, 63).matching("[a-zA-Z0-9\\-]+")),
      optional("CreationTimeAfter", timestamp()),
      optional("CreationTimeBefore", timestamp()),
      optional("LastModifiedTimeAfter", timestamp()),
      optional("LastModifiedTimeBefore", timestamp()),
      optional("SortBy", text().one_of(std::move(sort_by))),
      optional("SortOrder", text().one_of({"Ascending", "Descending"}))};
  if (!status.empty())
    members.push_back(optional("StatusEquals", text().one_of(std::move(status))));
  members.insert(members.end(), more.begin(), more.end());
  return structure(std::move(members));
}

}  // namespace pawl::engine::sagemaker_shapes
