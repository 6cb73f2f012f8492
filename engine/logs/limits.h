// The bounds of the log service, each with the quota that it mirrors.
// [aws] https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
#pragma once

#include <cstddef>
#include <cstdint>

namespace pawl::engine {

// [aws] "Each page returned can contain up to 1 MB of log events or up to 10,000 log events."
constexpr std::size_t kLogPageEventsMax = 10'000;
constexpr std::size_t kLogPageBytesMax = 1U << 20;
// [aws] PutLogEvents: "The maximum batch size is 1,048,576 bytes. This size is calculated as the
// sum of all event messages in UTF-8, plus 26 bytes for each log event." "The maximum number of log
// events in a batch is 10,000." "A batch of log events in a single request cannot span more than 24
// hours."
constexpr std::size_t kLogBatchBytesMax = 1U << 20;
constexpr std::size_t kLogEventBytes = 26;
constexpr std::size_t kLogBatchEventsMax = 10'000;
constexpr std::int64_t kLogBatchSpanMaxMs = 24 * 3'600'000;
// [pawl] How many bytes a search looks at, and states of regular expressions it goes through, for
// one page: a fraction of a second. What it has not found by then is on a later page.
constexpr std::uint64_t kLogSearchWorkMax = 16U << 20;

// [aws] "There is a limit of 2 regex for each filter pattern"
constexpr int kFilterRegexesMax = 2;
// [aws] "up to one wildcard selector in a property selector, and up to three wildcard selectors in
// a filter pattern with compound expressions"
constexpr int kFilterWildcardsMax = 3;
// [pawl] Of one regular expression, its repetitions written out.
constexpr std::size_t kFilterRegexStatesMax = 1000;

}  // namespace pawl::engine
