// The functions of one mode only: what AWS adds, and $eval, which AWS leaves out.
#include <openssl/evp.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/text.h"

namespace pawl::asl::jsonata {
namespace {

constexpr double kAwsRangeItemsMax = 360'145;

[[noreturn]] void fail_text(std::string text) {
  throw Failure{.code = "D3137", .text = std::move(text)};
}

Value fn_partition(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const auto& items = arguments[0].array().items;
  const double size = arguments[1].is_undefined() ? static_cast<double>(items.size())
                                                  : std::trunc(arguments[1].number());
  if (!(size >= 0)) fail_text("Second argument must be zero or greater");
  if (size == 0 || items.empty()) return {};
  const auto step = static_cast<std::size_t>(std::min(size, static_cast<double>(items.size())));
  Array chunks;
  for (std::size_t at = 0; at < items.size(); at += step) {
    const std::size_t end = std::min(at + step, items.size());
    chunks.items.push_back(
        Value::of(Array(std::vector<Value>(items.begin() + static_cast<std::ptrdiff_t>(at),
                                           items.begin() + static_cast<std::ptrdiff_t>(end)))));
  }
  return Value::of(std::move(chunks));
}

Value fn_range(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined() || arguments[2].is_undefined()) return {};
  if (arguments[1].is_undefined()) {
    throw Failure{.code = "T0410", .token = "range", .index = 2};
  }
  const double first = std::trunc(arguments[0].number());
  const double last = std::trunc(arguments[1].number());
  const double step = std::trunc(arguments[2].number());
  if (step == 0 || (last - first) * step < 0) return {};
  const double count = std::floor((last - first) / step) + 1;
  if (!(count <= kAwsRangeItemsMax)) fail_bound(Bound::kMemory);
  evaluator.charge(static_cast<std::size_t>(count) / 8);
  Array range = Array::sequence();
  for (double i = 0; i < count; ++i) range.items.push_back(Value::of(first + i * step));
  return Value::of(std::move(range));
}

Value fn_hash(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined() || arguments[1].is_undefined()) return {};
  const std::string& name = arguments[1].string();
  const EVP_MD* algorithm = name == "MD5"       ? EVP_md5()
                            : name == "SHA-1"   ? EVP_sha1()
                            : name == "SHA-256" ? EVP_sha256()
                            : name == "SHA-384" ? EVP_sha384()
                            : name == "SHA-512" ? EVP_sha512()
                                                : nullptr;
  if (algorithm == nullptr) {
    fail_text("Hash algorithm '" + name + "' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5");
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  const std::string& text = arguments[0].string();
  if (EVP_Digest(text.data(), text.size(), digest, &length, algorithm, nullptr) != 1) {
    fail_text("Hash algorithm '" + name + "' is not available");
  }
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x", digest[i]);
    hex += pair;
  }
  return Value::of(std::move(hex));
}

// [aws] java.util.Random: the first nextDouble() of a generator with this seed.
double java_random(std::int64_t seed) {
  constexpr std::uint64_t kMask = (1ULL << 48U) - 1;
  std::uint64_t state = (static_cast<std::uint64_t>(seed) ^ 0x5deece66dULL) & kMask;
  const auto next = [&](unsigned bits) {
    state = (state * 0x5deece66dULL + 0xbULL) & kMask;
    return state >> (48U - bits);
  };
  const std::uint64_t high = next(26);
  return static_cast<double>((high << 27U) + next(27)) * (1.0 / 9007199254740992.0);
}

Value fn_random(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments.empty() || arguments[0].is_undefined()) return Value::of(evaluator.unit_interval());
  // As Java makes a long of a double: NaN is 0, what is too great the greatest.
  const double seed = arguments[0].number();
  const auto whole = arguments[0].is_integer() ? arguments[0].integer()
                     : std::isnan(seed)        ? 0
                     : seed >= 0x1p63          ? INT64_MAX
                     : seed < -0x1p63          ? INT64_MIN
                                               : static_cast<std::int64_t>(seed);
  return Value::of(java_random(whole));
}

Value fn_uuid(Evaluator& evaluator, const Arguments&, const Value&) {
  const std::uint64_t high = (evaluator.random_bits() & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low =
      (evaluator.random_bits() & 0x3fffffffffffffffULL) | 0x8000000000000000ULL;
  char text[40];
  std::snprintf(text,
                sizeof text,
                "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32U),
                static_cast<unsigned>((high >> 16U) & 0xffffU),
                static_cast<unsigned>(high & 0xffffU),
                static_cast<unsigned>(low >> 48U),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return Value::of(std::string(text));
}

Value fn_parse(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  evaluator.charge(arguments[0].string().size() / 8);  // [pawl] parsing is slower than copying
  const auto parsed = parse_text(arguments[0].string());
  if (std::holds_alternative<TextError>(parsed)) fail_text("Invalid JSON");
  return Value::copy_of(std::get<Json>(parsed));
}

Value fn_eval(Evaluator& evaluator, const Arguments& arguments, const Value& context) {
  if (arguments[0].is_undefined()) return {};
  Value input = arguments[1].is_undefined() ? context : arguments[1];
  if (!arguments[1].is_undefined() && input.is_array() && !input.is_sequence()) {
    Array wrapper = Array::sequence_of(input);
    wrapper.is_wrapper = true;
    input = Value::of(std::move(wrapper));
  }
  try {
    return evaluator.evaluate_text(arguments[0].string(), input);
  } catch (Failure& failure) {
    if (failure.bound != Bound::kNone) throw;
    const bool is_syntax = failure.code[0] == 'S';
    throw Failure{.code = is_syntax ? "D3120" : "D3121",
                  .value = is_syntax ? arguments[0] : Value::of(message_of(failure))};
  }
}

constexpr Builtin kAwsFunctions[] = {
    {"partition", "<an?:a>", 2, fn_partition},
    {"range", "<nnn?:a>", 3, fn_range},
    {"hash", "<ss?:s>", 2, fn_hash},
    {"random", "<n?:n>", 1, fn_random},
    {"uuid", "<:s>", 0, fn_uuid},
    {"parse", "<s?:x>", 1, fn_parse},
};

constexpr Builtin kPlainFunctions[] = {
    {"eval", "<sx?:x>", 2, fn_eval},
};

}  // namespace

std::span<const Builtin> aws_functions() { return kAwsFunctions; }
std::span<const Builtin> plain_functions() { return kPlainFunctions; }

}  // namespace pawl::asl::jsonata
