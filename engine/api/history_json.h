// An event as GetExecutionHistory shows it.
// [aws] https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "asl/json.h"
#include "engine/store/journal.h"
#include "states/event.h"

namespace pawl::engine {

struct HistoryView {
  const NewExecution& execution;
  std::string region;
  bool include_data = true;  // else without input, output and their details
};

// REQUIRES: a public fact.
asl::Json history_event(const states::Event& event, const HistoryView& view);

// "arn:aws:states:::sqs:sendMessage.waitForTaskToken" -> {"sqs", "sendMessage.waitForTaskToken"}
struct IntegrationName {
  std::string resource_type;
  std::string resource;
};
IntegrationName integration_name(std::string_view resource_arn);

}  // namespace pawl::engine
