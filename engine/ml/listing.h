// List actions: filter, sort and page the records of one kind, as the services' List and Get...s
// actions do.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/json.h"
#include "engine/store/records.h"

namespace pawl::engine {

struct ListingRules {
  std::string kind;
  std::string name_prefix;
  std::string name_member;    // "TrainingJobName": what NameContains and SortBy Name look at
  std::string status_member;  // "TrainingJobStatus"; empty: no StatusEquals
  std::string created_member = "CreationTime";
  std::string result_member;                      // "TrainingJobSummaries"
  std::vector<std::string_view> summary_members;  // empty: the whole document
  std::size_t page_default = 10;  // [aws] SageMaker answers 10 a page unless told otherwise
  // What else decides, by document and request. Unset: nothing.
  std::function<bool(const asl::Json& document, const asl::Json& request)> also = {};
};

// Understands NameContains, StatusEquals, CreationTimeAfter/Before, LastModifiedTimeAfter/Before,
// SortBy, SortOrder, MaxResults and NextToken of `request`. Throws ServiceError for a token that is
// none.
asl::Json list_page(Records& records, const ListingRules& rules, const asl::Json& request);

}  // namespace pawl::engine
