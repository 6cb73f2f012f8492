// State machines by qualified ARN: their versions and aliases.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/api/api.h"

namespace pawl::engine {

// What an ARN of a state machine names.
struct MachineTarget {
  // Of the version when there is one, else the current revision; never null.
  std::shared_ptr<const MachineRow> row;
  std::optional<VersionRow> version;
  std::optional<AliasRow> alias;  // what led to the version

  std::optional<std::string> version_arn() const;
  std::optional<std::string> alias_arn() const;
};

// The machine, version or alias of this ARN; of an alias the version that gets the most starts.
// Throws InvalidArn or StateMachineDoesNotExist.
MachineTarget require_target(Api& api, const std::string& arn);
// The same for one start: of an alias, one of its versions is drawn.
MachineTarget draw_target(Api& api, const StatesArn& arn);

// The version that gets the draw, 0 to 99, of an alias. REQUIRES: its weights add up to 100.
std::int64_t version_of_draw(const AliasRow& alias, int draw);

// Whether the text between machine and end of an ARN is the number of a version; aliases hold
// something else than digits.
std::optional<std::int64_t> version_number(const std::string& qualifier);

// The version of the row's revision, published now or before. Throws ConflictException when the
// machine has changed meanwhile, ServiceQuotaExceededException beyond 1,000 versions.
VersionRow publish_version(Api& api,
                           const MachineRow& row,
                           const std::optional<std::string>& description,
                           asl::Timestamp at);
// Whether the request asks to publish. Throws ValidationException for a description without that.
bool wants_version(const asl::Json& request);

// An ARN of a machine, without version, alias or label; throws what AWS answers for another.
StatesArn plain_machine_arn(const std::string& arn);
void refuse_label(const StatesArn& arn);

}  // namespace pawl::engine
