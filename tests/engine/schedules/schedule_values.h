// Values that tests of schedules share.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "engine/schedules/schedule.h"
#include "engine/schedules/zone_files.h"

namespace pawl::engine {

inline Timestamp time_at(const std::string& text) {
  const auto time = asl::parse_timestamp(text);
  EXPECT_TRUE(time) << text;
  return time.value_or(Timestamp{});
}

inline ZoneFiles& zones_of_tests() {
  static ZoneFiles zones;
  return zones;
}

// Of the machine "m", in UTC.
inline ScheduleDefinition definition(const std::string& expression) {
  ScheduleDefinition what;
  what.state_machine = "m";
  auto parsed = parse_expression(expression);
  EXPECT_TRUE(std::holds_alternative<Expression>(parsed)) << expression;
  what.expression = std::get<Expression>(std::move(parsed));
  what.zone = zones_of_tests().find("UTC");
  return what;
}

}  // namespace pawl::engine
