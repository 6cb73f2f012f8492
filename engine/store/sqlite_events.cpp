#include "engine/store/sqlite_events.h"

#include <algorithm>
#include <unordered_map>

#include "engine/store/codec.h"

namespace pawl::engine {

namespace {

using asl::Payload;
using states::Event;
using states::Sequence;

#define PAWL_EVENT \
  "SELECT position, id, previous, at, scope, type, payload, payload_ref, details FROM event "

// Reads events and gives those that shared a document one and the same again.
class EventReader {
 public:
  EventReader(Database& database, ExecutionKey execution)
      : database_(database), execution_(execution) {}

  std::vector<Event> read(Query& query) {
    std::vector<Event> events;
    while (query.step()) {
      Event event;
      event.sequence = query.integer(0) - position_of(execution_, 0);
      event.id = query.integer(1);
      event.previous = query.integer(2);
      event.at = query.time(3);
      event.scope = static_cast<states::ScopeId>(query.integer(4));
      std::optional<Payload> payload;
      if (!query.is_null(7)) {
        payload = stored_at(query.integer(7));
      } else if (!query.is_null(6)) {
        payload = held(event.sequence, query.view(6));
      }
      event.what = decode(query.integer(5), payload, query.view(8));
      events.push_back(std::move(event));
    }
    return events;
  }

 private:
  Payload held(Sequence sequence, std::string_view text) {
    const auto found = documents_.find(sequence);
    if (found != documents_.end()) return found->second;
    return documents_.emplace(sequence, Payload::of_text(std::string(text))).first->second;
  }
  Payload stored_at(Sequence sequence) {
    const auto found = documents_.find(sequence);
    if (found != documents_.end()) return found->second;
    Query query(database_,
                "SELECT payload FROM event WHERE position = ?",
                position_of(execution_, sequence));
    if (!query.step() || query.is_null(0)) {
      throw CodecError("an event refers to a document that is not there");
    }
    return held(sequence, query.view(0));
  }

  Database& database_;
  ExecutionKey execution_;
  std::unordered_map<Sequence, Payload> documents_;
};

// A stretch of a history, and with which execution it stands.
struct Range {
  Sequence first = 1;
  Sequence last = kSequenceMax;
  ExecutionKey holder = 0;
};

// In order; the last is the execution's own.
std::vector<Range> ranges_of(Database& database, ExecutionKey execution) {
  std::vector<Range> ranges;
  Query query(database,
              "SELECT first, last, source FROM fork_prefix WHERE execution = ? ORDER BY first",
              execution);
  while (query.step()) ranges.push_back({query.integer(0), query.integer(1), query.integer(2)});
  const Sequence before = ranges.empty() ? 0 : ranges.back().last;
  ranges.push_back({before + 1, kSequenceMax, execution});
  return ranges;
}

// Adds what `read` finds in each range, until there are `limit`.
template <class Ranges, class Read>
std::vector<Event> gather(const Ranges& ranges, std::size_t limit, const Read& read) {
  std::vector<Event> all;
  for (const Range& range : ranges) {
    if (all.size() == limit) break;
    std::vector<Event> some = read(range, limit - all.size());
    if (all.empty()) {
      all = std::move(some);
    } else {
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
  }
  return all;
}

}  // namespace

std::vector<Event> read_events(Database& database,
                               ExecutionKey execution,
                               Sequence from,
                               std::size_t limit) {
  return gather(
      ranges_of(database, execution), limit, [&](const Range& range, std::size_t at_most) {
        Query query(database,
                    PAWL_EVENT "WHERE position BETWEEN ? AND ? ORDER BY position LIMIT ?",
                    position_of(range.holder, std::max(from, range.first)),
                    position_of(range.holder, range.last),
                    at_most);
        return EventReader(database, range.holder).read(query);
      });
}

// Ids grow with sequences and are never ahead of them, so the order of positions serves.

std::vector<Event> read_public_up(Database& database,
                                  ExecutionKey execution,
                                  states::EventId first_id,
                                  std::size_t limit) {
  first_id = std::min(first_id, kSequenceMax);
  return gather(
      ranges_of(database, execution), limit, [&](const Range& range, std::size_t at_most) {
        Query query(
            database,
            PAWL_EVENT
            "WHERE position BETWEEN ? AND ? AND id > 0 AND id >= ? ORDER BY position LIMIT ?",
            position_of(range.holder, std::max(first_id, range.first)),
            position_of(range.holder, range.last),
            first_id,
            at_most);
        return EventReader(database, range.holder).read(query);
      });
}

std::vector<Event> read_public_down(Database& database,
                                    ExecutionKey execution,
                                    states::EventId first_id,
                                    std::size_t limit) {
  std::vector<Range> ranges = ranges_of(database, execution);
  std::reverse(ranges.begin(), ranges.end());
  return gather(ranges, limit, [&](const Range& range, std::size_t at_most) {
    Query query(database,
                PAWL_EVENT
                "WHERE position BETWEEN ? AND ? AND id > 0 AND id <= ? "
                "ORDER BY position DESC LIMIT ?",
                position_of(range.holder, range.first),
                position_of(range.holder, range.last),
                first_id,
                at_most);
    return EventReader(database, range.holder).read(query);
  });
}

bool share_events(Database& database, ExecutionKey fork, const ForkOrigin& origin) {
  if (origin.shared < 1) return false;
  ExecutionKey from = 0;
  std::int64_t revision = 0;
  {
    Query query(database,
                "SELECT key, revision FROM execution WHERE arn = ? AND last_sequence >= ?",
                origin.execution_arn,
                origin.shared);
    if (!query.step()) return false;
    from = query.integer(0);
    revision = query.integer(1);
  }
  // What the origin shares itself is shared with whom it shares it: no chain grows.
  Query(database,
        "INSERT INTO fork_prefix SELECT ?, first, min(last, ?), source, revision FROM fork_prefix "
        "WHERE execution = ? AND first <= ?",
        fork,
        origin.shared,
        from,
        origin.shared)
      .run();
  Query(database,
        "INSERT INTO fork_prefix SELECT ?1, own.first, ?2, ?3, ?4 FROM "
        "(SELECT coalesce(max(last), 0) + 1 AS first FROM fork_prefix WHERE execution = ?3) own "
        "WHERE own.first <= ?2",
        fork,
        origin.shared,
        from,
        revision)
      .run();
  return true;
}

std::vector<Inherited> inherited_by(Database& database, ExecutionKey fork) {
  std::vector<Inherited> all;
  Query query(
      database, "SELECT last, revision FROM fork_prefix WHERE execution = ? ORDER BY first", fork);
  while (query.step()) all.push_back({query.integer(0), query.integer(1)});
  return all;
}

}  // namespace pawl::engine
