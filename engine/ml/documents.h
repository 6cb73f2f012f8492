// Helpers over the JSON documents that services keep and answer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/json.h"
#include "asl/timestamp.h"
#include "engine/store/records.h"

namespace pawl::engine {

// Stored documents hold times as integer milliseconds, under AWS's member names ("CreationTime",
// "StartedOn" ...). On the JSON protocols they are seconds with a fraction. Members that start with
// '_' are private to the service.
asl::Json with_times_in_seconds(const asl::Json& document);
// Drops the private members of the top level; times stay milliseconds (what a .sync task returns).
asl::Json public_part(const asl::Json& document);

// The text member of an object, or `fallback` when it is absent or no text.
std::string text_of(const asl::Json& object,
                    std::string_view member,
                    std::string_view fallback = "");
// Copies the members that `from` has, in this order.
void copy_members(const asl::Json& from,
                  asl::Json& to,
                  const std::vector<std::string_view>& members);

// Reads, changes and writes a document until nobody else changed it in between. `change` returns
// false to leave it as it is. The record as it now stands; nullopt when there is none.
std::optional<Record> modify(Records& records,
                             const std::string& kind,
                             const std::string& name,
                             asl::Timestamp now,
                             const std::function<bool(asl::Json&)>& change);

}  // namespace pawl::engine
