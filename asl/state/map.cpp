#include "asl/state/map.h"

#include "asl/names.h"
#include "asl/state/common.h"
#include "asl/state/map_io.h"

namespace pawl::asl {
namespace {

constexpr FieldRule kFields[] = {
    kType,
    kComment,
    kQueryLanguage,
    kInputPath,
    kOutputPath,
    kResultPath,
    kParameters,
    kOutput,
    kAssign,
    kResultSelector,
    kRetry,
    kCatch,
    object("ItemProcessor").of(kProcessorRules),
    object("Iterator").of(kProcessorRules),
    path("ItemsPath"),
    array("Items").in_jsonata().or_expression(),
    any("ItemSelector"),
    object("ItemReader").of(kItemReaderRules),
    object("ItemBatcher").of(kItemBatcherRules),
    object("ResultWriter").of(kResultWriterRules),
    integer("MaxConcurrency").at_least(0).or_expression(),
    path("MaxConcurrencyPath"),
    number("ToleratedFailurePercentage").between(0, 100).or_expression(),
    path("ToleratedFailurePercentagePath"),
    integer("ToleratedFailureCount").at_least(0).or_expression(),
    path("ToleratedFailureCountPath"),
    text("Label"),
    kNext,
    kEnd,
};
constexpr std::string_view kProcessors[] = {"ItemProcessor", "Iterator"};
constexpr std::string_view kSelectors[] = {"ItemSelector", "Parameters"};
constexpr std::string_view kConcurrency[] = {"MaxConcurrency", "MaxConcurrencyPath"};
constexpr std::string_view kPercentage[] = {"ToleratedFailurePercentage",
                                            "ToleratedFailurePercentagePath"};
constexpr std::string_view kCount[] = {"ToleratedFailureCount", "ToleratedFailureCountPath"};
constexpr FieldGroup kGroups[] = {
    {kProcessors, true}, {kSelectors}, {kConcurrency}, {kPercentage}, {kCount}, kOneExit};

constexpr std::string_view kModes[] = {"INLINE", "DISTRIBUTED"};
constexpr std::string_view kTypes[] = {"STANDARD", "EXPRESS"};
constexpr FieldRule kMode = text("Mode").one_of(kModes);
constexpr FieldRule kInlineFields[] = {kMode};
constexpr FieldRule kDistributedFields[] = {
    kMode,
    text("ExecutionType").one_of(kTypes).required(),
};
constexpr ObjectRules kDistributedRules{kDistributedFields};
constexpr ObjectRules kInlineRules{
    kInlineFields, {}, false, {"Mode", "DISTRIBUTED", &kDistributedRules}};

// [seen] A processor has no QueryLanguage of its own.
constexpr FieldRule kProcessorFields[] = {
    text("StartAt").required(),
    object("States").required(),
    kComment,
    object("ProcessorConfig").of(kInlineRules),
};

void read_config(const StateReader& reader, const Json& processor, const Place& place, Map& map) {
  const auto config = processor.find("ProcessorConfig");
  if (config == processor.end() || !config->is_object()) return;
  const Place here(place, "ProcessorConfig");
  const auto mode = config->find("Mode");
  map.distributed = mode != config->end() && *mode == "DISTRIBUTED";
  const FieldReader fields(*config,
                           map.distributed ? kDistributedRules : kInlineRules,
                           reader.reading(),
                           here,
                           reader.findings());
  map.execution_type = fields.text_of("ExecutionType");
  if (!map.distributed) return;
  if (reader.graphs().type() == MachineType::kExpress) {
    reader.findings().error(Place(here, "Mode"),
                            "The field 'Mode' with value 'DISTRIBUTED' is not supported inside "
                            "'EXPRESS' state machines");
  }
}

void read_processor(const StateReader& reader, Map& map) {
  const char* name = reader.has("ItemProcessor") ? "ItemProcessor" : "Iterator";
  const Json* processor = reader.find(name);
  if (processor == nullptr) return;
  const Place& here = reader.graphs().keep(Place(reader.place(), name));
  read_config(reader, *processor, here, map);
  const MachineType type =
      map.execution_type == "EXPRESS" ? MachineType::kExpress : reader.graphs().type();
  map.processor = reader.graphs().parse_nested({*processor, kProcessorRules, type}, here);
}

void read_label(const StateReader& reader, Map& map) {
  if (!reader.has("Label")) return;
  map.label = reader.text_of("Label");
  const Place here(reader.place(), "Label");
  if (const auto fault = label_fault(map.label)) {
    reader.findings().error(here, fault->code, fault->message);
  } else if (!reader.graphs().claim_label(map.label)) {
    reader.findings().error(here, "DUPLICATE_LABEL_NAME", "Duplicate Label name: " + map.label);
  }
}

}  // namespace

constinit const ObjectRules kProcessorRules{kProcessorFields};
constinit const ObjectRules kMapRules{kFields, kGroups};

Map read_map(const StateReader& reader, DataFlow& data) {
  Map map;
  read_label(reader, map);
  map.items_path = reader.single_path("ItemsPath");
  map.items = reader.template_of("Items");
  map.item_selector = reader.template_of("ItemSelector");
  if (!map.item_selector) map.item_selector = std::move(data.parameters);
  data.parameters.reset();
  map.max_concurrency = reader.number_of("MaxConcurrency", "MaxConcurrencyPath");
  map.tolerated_failure_percentage =
      reader.number_of("ToleratedFailurePercentage", "ToleratedFailurePercentagePath");
  map.tolerated_failure_count =
      reader.number_of("ToleratedFailureCount", "ToleratedFailureCountPath");
  map.item_reader = read_item_reader(reader);
  map.item_batcher = read_item_batcher(reader);
  map.result_writer = read_result_writer(reader);
  map.retry = reader.retriers();
  map.catchers = reader.catchers();
  map.exit = reader.exit();
  read_processor(reader, map);
  return map;
}

}  // namespace pawl::asl
