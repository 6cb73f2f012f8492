#include "engine/store/codec.h"

#include <array>

#include "asl/text.h"

namespace pawl::engine {
namespace {

using asl::Json;
using asl::Payload;
using asl::StateError;
using asl::StateType;
using asl::Timestamp;
using asl::Variables;
using states::Fact;
using states::TaskKind;

// The code of each alternative of Fact, in the variant's order. Codes are the format on disk.
constexpr std::array kCodes = {
    1,   // ExecutionStarted
    2,   // ExecutionSucceeded
    3,   // ExecutionFailed
    4,   // ExecutionAborted
    5,   // ExecutionTimedOut
    6,   // ExecutionRedriven
    7,   // StateEntered
    8,   // StateExited
    9,   // StateAborted
    10,  // TaskScheduled
    11,  // TaskStarted
    12,  // TaskSubmitted
    13,  // TaskSucceeded
    14,  // TaskFailed
    15,  // TaskTimedOut
    16,  // HeartbeatReceived
    17,  // WaitScheduled
    18,  // RetryScheduled
    19,  // ParallelStarted
    20,  // ParallelSucceeded
    21,  // ParallelFailed
    22,  // MapStarted
    23,  // MapSucceeded
    24,  // MapFailed
    25,  // IterationStarted
    26,  // IterationSucceeded
    27,  // IterationFailed
    28,  // IterationAborted
    29,  // EvaluationFailed
    40,  // MapRunStarted
    41,  // MapRunSucceeded
    42,  // MapRunFailed
    43,  // MapRunAborted
    44,  // ExecutionForked
    45,  // MapRunRedriven
    46,  // TokenAnswered
    47,  // TaskSubmitFailed
};
static_assert(kCodes.size() == std::variant_size_v<Fact>, "a new fact needs a code of its own");
constexpr std::int64_t kKinds = 10;  // type = code * kKinds + kind
constexpr int kStateTypes = 8;
constexpr int kTaskKinds = 3;

// Writes a fact. `Of<T>` is what the describing functions below take: const while writing.
class Writer {
 public:
  template <class T>
  using Of = const T;

  void kind(StateType type) { kind_ = static_cast<int>(type); }
  void kind(TaskKind kind) { kind_ = static_cast<int>(kind); }
  void payload(const Payload& payload) { out_.payload = payload; }
  void payload(const std::optional<Payload>& payload) { out_.payload = payload; }
  void text(const char* key, const std::string& value) {
    begin(key);
    quote(value);
  }
  void text(const char* key, const std::optional<std::string>& value) {
    if (value) text(key, *value);
  }
  template <class Integer>
  void number(const char* key, const Integer& value) {
    begin(key);
    out_.details += std::to_string(value);
  }
  void number(const char* key, const std::optional<std::int64_t>& value) {
    if (value) number(key, *value);
  }
  void time(const char* key, const Timestamp& value) { number(key, value.ms); }
  void variables(const char* key, const Variables& values) {
    if (values.empty()) return;
    begin(key);
    char before = '{';
    for (const auto& [name, value] : values) {
      out_.details += before;
      quote(name);
      out_.details += ':';
      out_.details += value.text();
      before = ',';
    }
    out_.details += '}';
  }

  void document(const char* key, const std::optional<Payload>& value) {
    if (!value) return;
    begin(key);
    out_.details += value->text();
  }

  EncodedFact finish(std::int64_t code) && {
    if (!out_.details.empty()) out_.details += '}';
    out_.type = code * kKinds + kind_;
    return std::move(out_);
  }

 private:
  void begin(const char* key) {
    out_.details += out_.details.empty() ? "{\"" : ",\"";
    out_.details += key;
    out_.details += "\":";
  }
  void quote(const std::string& value) { asl::append_quoted(out_.details, value); }

  EncodedFact out_;
  int kind_ = 0;
};

// Reads a fact and keeps count of what it took, so that anything left over is noticed.
class Reader {
 public:
  template <class T>
  using Of = T;

  Reader(int kind, const std::optional<Payload>& payload, std::string_view details)
      : kind_(kind), payload_(payload) {
    if (details.empty()) return;
    details_ = Json::parse(details, nullptr, false);
    if (!details_.is_object()) throw CodecError("an event's details are no JSON object");
  }

  void kind(StateType& type) { type = static_cast<StateType>(take_kind(kStateTypes)); }
  void kind(TaskKind& kind) { kind = static_cast<TaskKind>(take_kind(kTaskKinds)); }
  void payload(Payload& payload) {
    if (!payload_) throw CodecError("an event lacks its payload");
    payload = *payload_;
    payload_taken_ = true;
  }
  void payload(std::optional<Payload>& payload) {
    payload = payload_;
    payload_taken_ = payload_.has_value();
  }
  void text(const char* key, std::string& value) { value = text_of(key, need(key)); }
  void text(const char* key, std::optional<std::string>& value) {
    if (const Json* found = find(key)) value = text_of(key, *found);
  }
  template <class Integer>
  void number(const char* key, Integer& value) {
    value = static_cast<Integer>(number_of(key, need(key)));
  }
  void number(const char* key, std::optional<std::int64_t>& value) {
    if (const Json* found = find(key)) value = number_of(key, *found);
  }
  void time(const char* key, Timestamp& value) { number(key, value.ms); }
  void variables(const char* key, Variables& values) {
    const Json* found = find(key);
    if (found == nullptr) return;
    if (!found->is_object()) refuse(key);
    for (const auto& [name, value] : found->items()) values.emplace(name, Payload::of(value));
  }

  void document(const char* key, std::optional<Payload>& value) {
    if (const Json* found = find(key)) value = Payload::of(*found);
  }

  void finish() const {
    if (taken_ != details_.size()) throw CodecError("an event has details of an unknown kind");
    if (payload_ && !payload_taken_) throw CodecError("an event has a payload it should not have");
    if (kind_ != 0 && !kind_taken_) throw CodecError("an event's type is unknown");
  }

 private:
  [[noreturn]] static void refuse(const char* key) {
    throw CodecError(std::string("an event's detail '") + key + "' is missing or malformed");
  }
  static std::string text_of(const char* key, const Json& value) {
    if (!value.is_string()) refuse(key);
    return value.get<std::string>();
  }
  static std::int64_t number_of(const char* key, const Json& value) {
    if (!value.is_number_integer()) refuse(key);
    return value.get<std::int64_t>();
  }
  const Json* find(const char* key) {
    const auto found = details_.find(key);
    if (found == details_.end()) return nullptr;
    ++taken_;
    return &*found;
  }
  const Json& need(const char* key) {
    const Json* found = find(key);
    if (found == nullptr) refuse(key);
    return *found;
  }
  int take_kind(int bound) {
    if (kind_ >= bound) throw CodecError("an event's type is unknown");
    kind_taken_ = true;
    return kind_;
  }

  int kind_;
  bool kind_taken_ = false;
  const std::optional<Payload>& payload_;
  bool payload_taken_ = false;
  Json details_ = Json::object();
  std::size_t taken_ = 0;
};

// What each fact consists of, said once for both directions.
template <class A>
using Text = typename A::template Of<std::string>;

template <class A>
void error(A& a, typename A::template Of<StateError>& e) {
  a.text("error", e.name);
  a.text("cause", e.cause);
  a.text("location", e.location);
}

#define PAWL_FIELDS(Type) \
  template <class A>      \
  void fields([[maybe_unused]] A& a, [[maybe_unused]] typename A::template Of<states::Type>& f)

PAWL_FIELDS(ExecutionStarted) { a.payload(f.input); }
PAWL_FIELDS(ExecutionSucceeded) { a.payload(f.output); }
PAWL_FIELDS(ExecutionFailed) { error(a, f.error); }
PAWL_FIELDS(ExecutionAborted) { error(a, f.error); }
PAWL_FIELDS(ExecutionTimedOut) { error(a, f.error); }
PAWL_FIELDS(ExecutionRedriven) {
  a.number("redriveCount", f.redrive_count);
  a.text("clientToken", f.client_token);
  a.number("mapRunRedrive", f.map_run_redrive);
}
PAWL_FIELDS(ExecutionForked) {
  a.text("execution", f.execution);
  a.number("event", f.event);
  a.text("name", f.state);
  a.payload(f.input);
  a.variables("variables", f.variables);
  a.document("executionInput", f.execution_input);
}
PAWL_FIELDS(StateEntered) {
  a.kind(f.type);
  a.text("name", f.name);
  a.payload(f.input);
}
PAWL_FIELDS(StateExited) {
  a.kind(f.type);
  a.text("name", f.name);
  a.payload(f.output);
  a.variables("assigned", f.assigned);
  a.text("next", f.next);
}
PAWL_FIELDS(StateAborted) { a.kind(f.type); }
PAWL_FIELDS(TaskScheduled) {
  a.kind(f.kind);
  a.text("resource", f.resource);
  a.payload(f.parameters);
  a.number("timeoutSeconds", f.timeout_seconds);
  a.number("heartbeatSeconds", f.heartbeat_seconds);
  a.text("roleArn", f.role_arn);
}
PAWL_FIELDS(TaskStarted) {
  a.kind(f.kind);
  a.text("resource", f.resource);
  a.text("workerName", f.worker_name);
}
PAWL_FIELDS(TaskSubmitted) {
  a.text("resource", f.resource);
  a.payload(f.output);
}
PAWL_FIELDS(TaskSucceeded) {
  a.kind(f.kind);
  a.text("resource", f.resource);
  a.payload(f.output);
}
PAWL_FIELDS(TaskFailed) {
  a.kind(f.kind);
  a.text("resource", f.resource);
  error(a, f.error);
}
PAWL_FIELDS(TaskSubmitFailed) {
  a.text("resource", f.resource);
  error(a, f.error);
}
PAWL_FIELDS(TaskTimedOut) {
  a.kind(f.kind);
  a.text("resource", f.resource);
  error(a, f.error);
}
PAWL_FIELDS(HeartbeatReceived) {}
PAWL_FIELDS(TokenAnswered) {
  a.payload(f.output);
  error(a, f.error);
}
PAWL_FIELDS(WaitScheduled) { a.time("due", f.due); }
PAWL_FIELDS(RetryScheduled) {
  a.number("retrier", f.retrier);
  a.time("due", f.due);
  error(a, f.error);
}
PAWL_FIELDS(ParallelStarted) { a.payload(f.input); }
PAWL_FIELDS(ParallelSucceeded) {}
PAWL_FIELDS(ParallelFailed) {}
PAWL_FIELDS(MapStarted) {
  a.number("length", f.length);
  a.payload(f.items);
}
PAWL_FIELDS(MapSucceeded) {}
PAWL_FIELDS(MapFailed) {}
PAWL_FIELDS(IterationStarted) {
  a.text("name", f.name);
  a.number("index", f.index);
  a.number("child", f.child);
  a.payload(f.input);
}
PAWL_FIELDS(IterationSucceeded) {
  a.text("name", f.name);
  a.number("index", f.index);
}
PAWL_FIELDS(IterationFailed) {
  a.text("name", f.name);
  a.number("index", f.index);
}
PAWL_FIELDS(IterationAborted) {
  a.text("name", f.name);
  a.number("index", f.index);
}
PAWL_FIELDS(EvaluationFailed) {
  error(a, f.error);
  a.text("state", f.state);
}
PAWL_FIELDS(MapRunStarted) {
  a.text("mapRun", f.map_run);
  a.payload(f.settings);
}
PAWL_FIELDS(MapRunSucceeded) {}
PAWL_FIELDS(MapRunFailed) { error(a, f.error); }
PAWL_FIELDS(MapRunAborted) {}
PAWL_FIELDS(MapRunRedriven) {
  a.text("mapRun", f.map_run);
  a.number("redriveCount", f.redrive_count);
}
#undef PAWL_FIELDS

template <std::size_t I>
bool decode_if(std::int64_t code, Reader& reader, Fact& out) {
  if (kCodes[I] != code) return false;
  fields(reader, out.emplace<I>());
  reader.finish();
  return true;
}

template <std::size_t... I>
bool decode_any(std::int64_t code, Reader& reader, Fact& out, std::index_sequence<I...>) {
  return (decode_if<I>(code, reader, out) || ...);
}

// A reader that is given nothing but a kind, to make an example of a type.
class Sampler {
 public:
  template <class T>
  using Of = T;
  explicit Sampler(int kind) : kind_(kind) {}
  void kind(StateType& type) { take(type, kStateTypes); }
  void kind(TaskKind& kind) { take(kind, kTaskKinds); }
  template <class... Anything>
  void payload(Anything&&...) {}
  template <class... Anything>
  void text(Anything&&...) {}
  template <class... Anything>
  void number(Anything&&...) {}
  template <class... Anything>
  void time(Anything&&...) {}
  template <class... Anything>
  void variables(Anything&&...) {}
  template <class... Anything>
  void document(Anything&&...) {}
  int kinds() const { return kinds_; }

 private:
  template <class Kind>
  void take(Kind& kind, int kinds) {
    kinds_ = kinds;
    kind = static_cast<Kind>(kind_);
  }
  int kind_;
  int kinds_ = 1;
};

template <std::size_t I>
void add_names(std::vector<TypeName>& out) {
  int kinds = 1;
  for (int kind = 0; kind < kinds; ++kind) {
    Fact fact{std::in_place_index<I>};
    Sampler sampler(kind);
    fields(sampler, std::get<I>(fact));
    kinds = sampler.kinds();
    out.push_back({kCodes[I] * kKinds + kind,
                   std::string(states::event_type(fact)),
                   states::is_private(fact)});
  }
}

template <std::size_t... I>
void add_all_names(std::vector<TypeName>& out, std::index_sequence<I...>) {
  (add_names<I>(out), ...);
}

using Alternatives = std::make_index_sequence<std::variant_size_v<Fact>>;

}  // namespace

EncodedFact encode(const Fact& fact) {
  Writer writer;
  std::visit([&writer](const auto& what) { fields(writer, what); }, fact);
  return std::move(writer).finish(kCodes[fact.index()]);
}

Fact decode(std::int64_t type, const std::optional<Payload>& payload, std::string_view details) {
  if (type < 0) throw CodecError("an event's type is unknown: " + std::to_string(type));
  Reader reader(static_cast<int>(type % kKinds), payload, details);
  Fact out;
  if (!decode_any(type / kKinds, reader, out, Alternatives{})) {
    throw CodecError("an event's type is unknown: " + std::to_string(type));
  }
  return out;
}

std::vector<TypeName> type_names() {
  std::vector<TypeName> out;
  add_all_names(out, Alternatives{});
  return out;
}

}  // namespace pawl::engine
