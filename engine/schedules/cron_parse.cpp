#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <vector>

#include "engine/schedules/cron.h"

namespace pawl::engine {
namespace {

// Thrown and caught within this file.
struct CronFault {
  std::string message;
  std::size_t column = 1;
};

struct FieldKind {
  const char* name;
  int least;
  int most;
  std::vector<std::string_view> names = {};  // of the values from `least` on
};

const FieldKind& kind_of(std::size_t i) {
  static const std::array<FieldKind, 6> kKinds = {
      {{"minutes", 0, 59},
       {"hours", 0, 23},
       {"day of month", 1, 31},
       {"month",
        1,
        12,
        {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
       {"day of week", 1, 7, {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}},
       {"year", Cron::kFirstYear, Cron::kLastYear}}};
  return kKinds.at(i);
}

bool is_same_name(std::string_view text, std::string_view name) {
  return std::equal(text.begin(), text.end(), name.begin(), name.end(), [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) == b;
  });
}

// One of the six fields, or a part of one.
struct Field {
  std::string_view text;
  std::size_t column = 1;
  const FieldKind* kind = nullptr;

  Field part(std::size_t from, std::size_t length = std::string_view::npos) const {
    return {text.substr(from, length), column + from, kind};
  }
  [[noreturn]] void refuse(const std::string& why) const {
    throw CronFault{std::string(kind->name) + ": " + why, column};
  }
  std::string quoted() const { return "'" + std::string(text) + "'"; }

  int number(int least, int most) const {
    int value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end || value < 0) {
      refuse(text.empty() ? "a value is missing" : quoted() + " is no value");
    }
    if (value < least || value > most) {
      refuse(quoted() + " is not between " + std::to_string(least) + " and " +
             std::to_string(most));
    }
    return value;
  }
  // A number, or a name.
  int value() const {
    for (std::size_t i = 0; i < kind->names.size(); ++i) {
      if (is_same_name(text, kind->names[i])) return kind->least + static_cast<int>(i);
    }
    return number(kind->least, kind->most);
  }
};

// "*", "7", "1-5", "*/15", "1-5/2", "3/10" into the values that it means.
template <class Set>
void add_item(const Field& item, int first, Set& set) {
  const std::size_t slash = item.text.find('/');
  const Field range = item.part(0, slash);
  const int step = slash == std::string_view::npos
                       ? 1
                       : item.part(slash + 1).number(1, item.kind->most - item.kind->least + 1);
  int from = item.kind->least;
  int to = item.kind->most;
  const std::size_t dash = range.text.find('-');
  if (dash != std::string_view::npos) {
    from = range.part(0, dash).value();
    to = range.part(dash + 1).value();
    if (from > to) range.refuse(range.quoted() + " runs backwards");
  } else if (range.text != "*") {
    from = range.value();
    if (slash == std::string_view::npos) to = from;
  }
  for (int value = from; value <= to; value += step) {
    set.set(static_cast<std::size_t>(value - first));
  }
}

// With commas; `first` is the value of the set's bit 0.
template <class Set>
Set set_of(const Field& field, int first = 0) {
  Set set;
  std::size_t from = 0;
  for (;;) {
    const std::size_t comma = field.text.find(',', from);
    add_item(field.part(from, comma - from), first, set);
    if (comma == std::string_view::npos) return set;
    from = comma + 1;
  }
}

bool has_mark(const Field& field, char upper) {
  return !field.text.empty() &&
         std::toupper(static_cast<unsigned char>(field.text.back())) == upper;
}

// What of a field with L, W or # goes with it: nothing.
void refuse_list(const Field& field, const char* mark) {
  if (field.text.find_first_of(",-/") == std::string_view::npos) return;
  field.refuse(field.quoted() + ": " + mark +
               " stands alone, not in a list, a range or with a step");
}

using Days = decltype(Cron::days);

Days days_of_month(const Field& field) {
  if (has_mark(field, 'L') && field.text.size() == 1) return Cron::LastDay{};
  if (has_mark(field, 'W')) {
    refuse_list(field, "W");
    return Cron::NearestWeekday{field.part(0, field.text.size() - 1).value()};
  }
  return set_of<DaysOfMonth>(field);
}

Days days_of_week(const Field& field) {
  const std::size_t hash = field.text.find('#');
  if (hash != std::string_view::npos) {
    refuse_list(field, "#");
    return Cron::NthWeekday{field.part(0, hash).value(), field.part(hash + 1).number(1, 5)};
  }
  if (has_mark(field, 'L')) {
    refuse_list(field, "L");
    // [aws] "the last day of the month or week": of the week Saturday.
    if (field.text.size() == 1) return Cron::Weekdays().set(7);
    return Cron::LastWeekday{field.part(0, field.text.size() - 1).value()};
  }
  return set_of<Cron::Weekdays>(field);
}

std::vector<Field> fields_of(std::string_view text, std::size_t column) {
  std::vector<Field> fields;
  std::size_t at = 0;
  const auto is_blank = [&](std::size_t i) { return text[i] == ' ' || text[i] == '\t'; };
  while (at < text.size()) {
    if (is_blank(at)) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_blank(end)) ++end;
    fields.push_back({text.substr(at, end - at), column + at, nullptr});
    at = end;
  }
  if (fields.size() != 6) {
    throw CronFault{
        "cron has six fields: minutes, hours, day of month, month, day of week, year; not " +
            std::to_string(fields.size()),
        column};
  }
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i].kind = &kind_of(i);
  return fields;
}

Cron cron_of(const std::vector<Field>& fields) {
  const Field& of_month = fields[2];
  const Field& of_week = fields[4];
  // [aws] "You can't use * in both the Day-of-month and Day-of-week fields. If you use it in one,
  // you must use ? in the other."
  if ((of_month.text == "?") == (of_week.text == "?")) {
    of_week.refuse("one of day of month and day of week, and not both, is '?'");
  }
  Cron cron;
  cron.minutes = set_of<decltype(cron.minutes)>(fields[0]);
  cron.hours = set_of<decltype(cron.hours)>(fields[1]);
  cron.days = of_month.text == "?" ? days_of_week(of_week) : days_of_month(of_month);
  cron.months = set_of<decltype(cron.months)>(fields[3]);
  cron.years = set_of<decltype(cron.years)>(fields[5], Cron::kFirstYear);
  return cron;
}

}  // namespace

std::variant<Cron, ExpressionFault> parse_cron(std::string_view fields, std::size_t column) {
  try {
    return cron_of(fields_of(fields, column));
  } catch (const CronFault& fault) {
    return ExpressionFault{fault.message, fault.column};
  }
}

}  // namespace pawl::engine
