#include "engine/ml/listing.h"

#include <algorithm>

#include "engine/http/message.h"
#include "engine/ml/documents.h"
#include "engine/ml/errors.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kBatch = 500;

double time_of(const Json& request, const char* member, double fallback) {
  const auto found = request.find(member);
  return found != request.end() && found->is_number() ? found->get<double>() * 1000.0 : fallback;
}

bool wanted(const Json& document, const ListingRules& rules, const Json& request) {
  constexpr double kNever = 9e18;
  const std::string part = text_of(request, "NameContains");
  if (!part.empty() && text_of(document, rules.name_member).find(part) == std::string::npos)
    return false;
  const std::string status = text_of(request, "StatusEquals");
  if (!rules.status_member.empty() && !status.empty() &&
      text_of(document, rules.status_member) != status)
    return false;
  const auto created = static_cast<double>(document.value(rules.created_member, std::int64_t{0}));
  const double modified =
      document.contains("LastModifiedTime")
          ? static_cast<double>(document.at("LastModifiedTime").get<std::int64_t>())
          : created;
  return created >= time_of(request, "CreationTimeAfter", -kNever) &&
         created <= time_of(request, "CreationTimeBefore", kNever) &&
         modified >= time_of(request, "LastModifiedTimeAfter", -kNever) &&
         modified <= time_of(request, "LastModifiedTimeBefore", kNever);
}

std::vector<Record> load(Records& records, const ListingRules& rules, const Json& request) {
  std::vector<Record> all;
  Records::Query query{rules.kind, rules.name_prefix, true, std::nullopt, kBatch};
  for (;;) {
    std::vector<Record> page = records.list(query);
    const bool last = page.size() < query.limit;
    if (!page.empty()) query.after = page.back().name;
    for (Record& record : page) {
      const bool is_wanted = wanted(record.document, rules, request) &&
                             (!rules.also || rules.also(record.document, request));
      if (is_wanted) all.push_back(std::move(record));
    }
    if (last) return all;
  }
}

void sort(std::vector<Record>& all, const ListingRules& rules, const Json& request) {
  const std::string by = text_of(request, "SortBy", "CreationTime");
  // [aws] Sort order Descending by default for most lists; newest first is also how records come.
  const bool ascending = text_of(request, "SortOrder", "Descending") == "Ascending";
  if (by == "Name" || by == "Status") {
    const std::string member = by == "Name" ? rules.name_member : rules.status_member;
    std::stable_sort(all.begin(), all.end(), [&](const Record& a, const Record& b) {
      return text_of(a.document, member) > text_of(b.document, member);
    });
  }
  if (ascending) std::reverse(all.begin(), all.end());
}

}  // namespace

Json list_page(Records& records, const ListingRules& rules, const Json& request) {
  std::vector<Record> all = load(records, rules, request);
  sort(all, rules, request);
  auto first = all.begin();
  const std::string token = text_of(request, "NextToken");
  if (!token.empty()) {
    const std::string after = percent_decode(token).value_or("");
    first = std::find_if(
        all.begin(), all.end(), [&](const Record& record) { return record.name == after; });
    if (first == all.end()) throw validation_error("Invalid NextToken.");
    ++first;
  }
  const std::size_t most = request.value("MaxResults", rules.page_default);
  Json items = Json::array();
  std::string last;
  for (; first != all.end() && items.size() < most; ++first) {
    Json item = Json::object();
    if (rules.summary_members.empty()) {
      item = public_part(first->document);
    } else {
      copy_members(first->document, item, rules.summary_members);
    }
    items.push_back(std::move(item));
    last = first->name;
  }
  Json answer = {{rules.result_member, std::move(items)}};
  if (first != all.end()) answer["NextToken"] = percent_encode(last);
  return answer;
}

}  // namespace pawl::engine
