// The ARNs of Step Functions: built from the installation's partition, region and account, and
// taken apart.
#pragma once

#include <string>
#include <string_view>

#include "engine/http/service_error.h"

namespace pawl::engine {

struct ArnConfig {
  std::string partition = "aws";
  std::string region = "us-east-1";
  std::string account = "123456789012";
};

// "arn:aws:states:us-east-1:123456789012:stateMachine:Orders/label:1" and its like.
struct StatesArn {
  std::string text;       // as sent
  std::string type;       // "stateMachine", "execution", "express", "activity", "mapRun"
  std::string name;       // of the machine or activity
  std::string label;      // of a Map ("machine/label"); mostly empty
  std::string qualifier;  // version or alias of a machine; name of an execution; or empty

  // Of a machine's: the text without the qualifier.
  std::string unqualified() const {
    return qualifier.empty() ? text : text.substr(0, text.size() - qualifier.size() - 1);
  }
  // Of a machine's: the text without the label.
  std::string without_label() const;
};

std::string state_machine_arn(const ArnConfig& config, std::string_view name);
std::string execution_arn(const ArnConfig& config,
                          std::string_view machine,
                          std::string_view execution);
// Of an execution of an EXPRESS machine; `id` is different for every start.
std::string express_arn(const ArnConfig& config,
                        std::string_view machine,
                        std::string_view execution,
                        std::string_view id);
std::string activity_arn(const ArnConfig& config, std::string_view name);

// Throws InvalidArn unless `text` is an ARN of Step Functions.
StatesArn parse_arn(const std::string& text);
// Throws InvalidArn unless it is one of this resource type.
StatesArn parse_arn(const std::string& text, std::string_view type);

// [seen] No white space, no control characters, none of < > { } [ ] ? * " # % \ ^ | ~ ` $ & , ; : /
// and 1 to 80 characters; letters of every script are welcome.
bool is_valid_name(std::string_view name);

ServiceError invalid_arn(const std::string& why);

}  // namespace pawl::engine
