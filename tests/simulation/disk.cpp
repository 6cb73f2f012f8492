#include "tests/simulation/disk.h"

#include "engine/store/codec.h"

namespace pawl::simulation {

namespace {

states::Event head_of(const states::Event& event) {
  states::Event head;
  head.sequence = event.sequence;
  head.id = event.id;
  head.previous = event.previous;
  head.at = event.at;
  head.scope = event.scope;
  return head;
}

}  // namespace

states::Event through_codec(const states::Event& event) {
  const engine::EncodedFact encoded = engine::encode(event.what);
  states::Event again = head_of(event);
  again.what = engine::decode(encoded.type, encoded.payload, encoded.details);
  return again;
}

void Disk::write(const std::vector<states::Event>& events) {
  for (const states::Event& event : events) {
    const engine::EncodedFact encoded = engine::encode(event.what);
    Row row{head_of(event), encoded.type, std::nullopt, encoded.details};
    if (encoded.payload) row.payload = encoded.payload->text();
    rows_.push_back(std::move(row));
  }
}

std::vector<states::Event> Disk::read() const {
  std::vector<states::Event> events;
  events.reserve(rows_.size());
  for (const Row& row : rows_) {
    states::Event event = row.head;
    std::optional<asl::Payload> payload;
    if (row.payload) payload = asl::Payload::of_text(*row.payload);
    event.what = engine::decode(row.type, payload, row.details);
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace pawl::simulation
