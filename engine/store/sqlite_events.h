// Where the events of an execution stand, and how they are read. Those that a fork shares with its
// origin stand once, with the execution that recorded them.
#pragma once

#include <vector>

#include "engine/store/journal.h"
#include "engine/store/sqlite_db.h"

namespace pawl::engine {

// See sqlite_migrations.cpp.
inline constexpr int kSequenceBits = 28;
inline constexpr states::Sequence kSequenceMax = (states::Sequence{1} << kSequenceBits) - 1;
constexpr std::int64_t position_of(ExecutionKey execution, states::Sequence sequence) {
  return (execution << kSequenceBits) + sequence;
}

// As Journal::read() and Journal::read_public() promise.
std::vector<states::Event> read_events(Database& database,
                                       ExecutionKey execution,
                                       states::Sequence from,
                                       std::size_t limit);
std::vector<states::Event> read_public_up(Database& database,
                                          ExecutionKey execution,
                                          states::EventId first_id,
                                          std::size_t limit);
std::vector<states::Event> read_public_down(Database& database,
                                            ExecutionKey execution,
                                            states::EventId first_id,
                                            std::size_t limit);

// Notes whose events are the first of `fork`. False: the origin has not so many.
bool share_events(Database& database, ExecutionKey fork, const ForkOrigin& origin);
std::vector<Inherited> inherited_by(Database& database, ExecutionKey fork);

}  // namespace pawl::engine
