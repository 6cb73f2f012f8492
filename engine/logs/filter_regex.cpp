#include "engine/logs/filter_regex.h"

#include <string>
#include <utility>

#include "engine/logs/filter_cursor.h"
#include "engine/logs/limits.h"

namespace pawl::engine {
namespace {

using Characters = RegexCharacters;

constexpr int kUnbounded = -1;
constexpr int kRepetitionsMax = 1000;
constexpr int kBeyondAscii = 128;

// [aws] "Supported symbol characters", "Supported operators". A space is among neither, but one
// stands in an example of theirs.
constexpr std::string_view kSymbols = ":_#=@/;,- ";
constexpr std::string_view kOperators = "^$?[]{}|\\*+.";

bool is_regex_text(char c) {
  return is_filter_word(c) || kSymbols.find(c) != std::string_view::npos ||
         kOperators.find(c) != std::string_view::npos;
}

Characters one(char c) {
  Characters set;
  set.ascii.set(static_cast<std::size_t>(c));
  return set;
}

Characters inverse(Characters set) {
  set.ascii.flip();
  set.beyond = !set.beyond;
  return set;
}

void add_range(Characters& set, char first, char last) {
  for (int c = first; c <= last; ++c) set.ascii.set(static_cast<std::size_t>(c));
}

Characters digits() {
  Characters set;
  add_range(set, '0', '9');
  return set;
}

Characters words() {
  Characters set;
  for (int c = 0; c < 128; ++c) {
    if (is_filter_word(static_cast<char>(c))) set.ascii.set(static_cast<std::size_t>(c));
  }
  return set;
}

Characters spaces() {
  Characters set;
  for (const char c : std::string_view(" \t\n\r\f\v")) set.ascii.set(static_cast<std::size_t>(c));
  return set;
}

class RegexCompiler {
 public:
  explicit RegexCompiler(std::string_view text) : text_(text) {}

  std::vector<RegexState> compile() {
    if (text_.empty()) fail("it is empty");
    refuse_other_characters();
    // Each alternative but the last begins with a choice between it and the rest.
    std::vector<std::size_t> ends;
    for (;;) {
      const std::size_t choice = add({.kind = RegexState::Kind::kEither});
      sequence();
      ends.push_back(add({.kind = RegexState::Kind::kFound}));
      states_[choice].other = at_ < text_.size() ? states_.size() : choice + 1;
      if (at_ == text_.size()) break;
      ++at_;  // the bar
    }
    return std::move(states_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw FilterPatternError{"Invalid filter pattern: regular expression '" + std::string(text_) +
                             "': " + what + " at character " + std::to_string(at_ + 1)};
  }

  void refuse_other_characters() const {
    std::size_t begin = 0;
    while (begin < text_.size() && is_regex_text(text_[begin])) ++begin;
    if (begin == text_.size()) return;
    std::size_t end = begin;
    while (end < text_.size() && !is_regex_text(text_[end])) ++end;
    FilterCursor::refuse_term(text_.substr(begin, end - begin));
  }

  std::size_t add(RegexState state) {
    if (states_.size() >= kFilterRegexStatesMax) fail("it is too large");
    state.next = states_.size() + 1;
    states_.push_back(std::move(state));
    return states_.size() - 1;
  }
  std::size_t add(const Characters& set) {
    return add({.kind = RegexState::Kind::kCharacter, .characters = set});
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void sequence() {
    while (at_ < text_.size() && peek() != '|') {
      if (peek() == '^' || peek() == '$') {
        add({.kind = peek() == '^' ? RegexState::Kind::kBegin : RegexState::Kind::kEnd});
        ++at_;
        continue;
      }
      repeated(character());
    }
  }

  // Writes the repetitions of one character out.
  void repeated(const Characters& set) {
    const auto [least, most] = quantifier();
    for (int i = 0; i < least; ++i) add(set);
    if (most == kUnbounded) {
      const std::size_t choice = add({.kind = RegexState::Kind::kEither});
      states_[add(set)].next = choice;
      states_[choice].other = states_.size();
      return;
    }
    std::vector<std::size_t> choices;
    for (int i = least; i < most; ++i) {
      choices.push_back(add({.kind = RegexState::Kind::kEither}));
      add(set);
    }
    for (const std::size_t choice : choices) states_[choice].other = states_.size();
  }

  std::pair<int, int> quantifier() {
    std::pair<int, int> times = {1, 1};
    switch (peek()) {
      case '*':
        times = {0, kUnbounded};
        break;
      case '+':
        times = {1, kUnbounded};
        break;
      case '?':
        times = {0, 1};
        break;
      case '{':
        times = braces();
        break;
      default:
        return times;
    }
    ++at_;
    if (peek() == '?') ++at_;  // as few as possible: no matter for whether it is found
    if (peek() == '*' || peek() == '+' || peek() == '?' || peek() == '{') {
      fail("nothing to repeat");
    }
    return times;
  }

  // [aws] "Either m or n can be omitted". Stops at the closing brace.
  std::pair<int, int> braces() {
    ++at_;
    const int least = number();
    int most = least;
    if (peek() == ',') {
      ++at_;
      most = number();
      if (least == kUnbounded && most == kUnbounded) fail("a number is missing");
    } else if (least == kUnbounded) {
      fail("a number is missing");
    }
    if (peek() != '}') fail("'}' is missing");
    if (most != kUnbounded && most < least) fail("the numbers are in the wrong order");
    return {least == kUnbounded ? 0 : least, most};
  }

  int number() {
    while (peek() == ' ') ++at_;
    int value = kUnbounded;
    for (; peek() >= '0' && peek() <= '9'; ++at_) {
      value = (value == kUnbounded ? 0 : value * 10) + (peek() - '0');
      if (value > kRepetitionsMax) fail("the number is too large");
    }
    while (peek() == ' ') ++at_;
    return value;
  }

  Characters character() {
    const char c = peek();
    switch (c) {
      case '*':
      case '+':
      case '?':
      case '{':
        fail("nothing to repeat");
      case '.':
        ++at_;
        return inverse(Characters());
      case '[':
        return char_class();
      case '\\':
        return escape();
      default:
        ++at_;
        return one(c);
    }
  }

  Characters escape() {
    ++at_;
    const char c = peek();
    if (at_ == text_.size()) fail("nothing is escaped");
    switch (c) {
      case 'd':
      case 'D':
        ++at_;
        return c == 'd' ? digits() : inverse(digits());
      case 's':
      case 'S':
        ++at_;
        return c == 's' ? spaces() : inverse(spaces());
      case 'w':
      case 'W':
        ++at_;
        return c == 'w' ? words() : inverse(words());
      case 'x':
        return hexadecimal();
      default:
        if (is_filter_word(c) && c != '_') fail("an unknown escape");
        ++at_;
        return one(c);
    }
  }

  Characters hexadecimal() {
    int value = 0;
    for (int i = 0; i < 2; ++i) {
      ++at_;
      const std::size_t digit = std::string_view("0123456789abcdefABCDEF").find(peek());
      if (at_ >= text_.size() || digit == std::string_view::npos) {
        fail("two hexadecimal digits are missing");
      }
      value = value * 16 + static_cast<int>(digit < 16 ? digit : digit - 6);
    }
    if (value >= kBeyondAscii) fail("the character is not ASCII");
    ++at_;
    return one(static_cast<char>(value));
  }

  Characters char_class() {
    ++at_;
    const bool is_inverse = peek() == '^';
    if (is_inverse) ++at_;
    Characters set;
    if (peek() == ']') fail("the character class is empty");
    while (peek() != ']') {
      if (at_ == text_.size()) fail("']' is missing");
      const char first = peek();
      const bool escaped = first == '\\';
      const Characters members = escaped ? escape() : one(first);
      if (!escaped) ++at_;
      if (peek() == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
        ++at_;
        add_from_to(set, members);
        continue;
      }
      set.ascii |= members.ascii;
      set.beyond = set.beyond || members.beyond;
    }
    ++at_;
    return is_inverse ? inverse(set) : set;
  }

  // The range from the one character of `members` to the one that stands here.
  void add_from_to(Characters& set, const Characters& members) {
    const bool escaped = peek() == '\\';
    const Characters last = escaped ? escape() : one(peek());
    if (!escaped) ++at_;
    if (members.ascii.count() != 1 || last.ascii.count() != 1) fail("no range");
    const char from = static_cast<char>(members.ascii._Find_first());
    const char to = static_cast<char>(last.ascii._Find_first());
    if (to < from) fail("the range is in the wrong order");
    add_range(set, from, to);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<RegexState> states_;
};

// The states in which a text may be, after some of its characters.
class RegexStates {
 public:
  RegexStates(const std::vector<RegexState>& states, std::uint64_t& work)
      : states_(states), seen_(states.size(), 0), work_(work) {}

  // A state, and those that follow without another character.
  void enter(std::size_t state, bool is_begin, bool is_end) {
    pending_.push_back(state);
    while (!pending_.empty()) {
      const std::size_t at = pending_.back();
      pending_.pop_back();
      if (seen_[at] == round_) continue;
      seen_[at] = round_;
      ++work_;
      const RegexState& entered = states_[at];
      switch (entered.kind) {
        case RegexState::Kind::kCharacter:
          next_.push_back(at);
          break;
        case RegexState::Kind::kEither:
          pending_.push_back(entered.next);
          pending_.push_back(entered.other);
          break;
        case RegexState::Kind::kBegin:
          if (is_begin) pending_.push_back(entered.next);
          break;
        case RegexState::Kind::kEnd:
          if (is_end) pending_.push_back(entered.next);
          break;
        case RegexState::Kind::kFound:
          is_found_ = true;
          break;
      }
    }
  }

  // Begins a new round: the states of the last one are left by `c`.
  void leave_by(int c, bool is_end) {
    current_.swap(next_);
    next_.clear();
    ++round_;
    for (const std::size_t at : current_) {
      if (states_[at].characters.has(c)) enter(states_[at].next, false, is_end);
    }
  }

  bool is_found() const { return is_found_; }

 private:
  const std::vector<RegexState>& states_;
  std::vector<std::uint64_t> seen_;  // the round in which a state was last entered
  std::uint64_t& work_;
  std::uint64_t round_ = 1;
  std::vector<std::size_t> current_;
  std::vector<std::size_t> next_;
  std::vector<std::size_t> pending_;
  bool is_found_ = false;
};

}  // namespace

FilterRegex FilterRegex::compile(std::string_view expression) {
  return FilterRegex(RegexCompiler(expression).compile());
}

bool FilterRegex::is_found_in(std::string_view text, std::uint64_t& work) const {
  RegexStates states(states_, work);
  states.enter(0, true, text.empty());
  for (std::size_t at = 0; at < text.size() && !states.is_found();) {
    const auto byte = static_cast<unsigned char>(text[at++]);
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    const bool is_end = at == text.size();
    states.leave_by(byte < 0x80U ? byte : kBeyondAscii, is_end);
    states.enter(0, false, is_end);  // a match may begin anywhere
  }
  return states.is_found();
}

}  // namespace pawl::engine
