#include "asl/state/map_io.h"

#include <algorithm>

#include "asl/state/common.h"

namespace pawl::asl {
namespace {

// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
constexpr double kItemsMax = 100'000'000;
constexpr double kBatchBytesMax = 262'144;

constexpr std::string_view kInputTypes[] = {"CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"};
constexpr std::string_view kManifestTypes[] = {"ATHENA_DATA", "S3_INVENTORY"};
constexpr std::string_view kReaderTransformations[] = {"NONE", "LOAD_AND_FLATTEN"};
constexpr std::string_view kDelimiters[] = {"COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"};
constexpr std::string_view kHeaderLocations[] = {"FIRST_ROW", "GIVEN"};

constexpr FieldRule kInputType = text("InputType").one_of(kInputTypes);
constexpr FieldRule kManifestType = text("ManifestType").one_of(kManifestTypes);
constexpr FieldRule kReaderTransformation = text("Transformation").one_of(kReaderTransformations);
constexpr FieldRule kMaxItems = integer("MaxItems").between(0, kItemsMax).or_expression();
constexpr FieldRule kMaxItemsPath = path("MaxItemsPath");
constexpr FieldRule kBucketOwner = text("ExpectedBucketOwner");
constexpr FieldRule kVersionId = text("VersionId");

constexpr FieldRule kConfigFields[] = {
    kInputType,
    kManifestType,
    kReaderTransformation,
    text("ItemsPointer"),
    kMaxItems,
    kMaxItemsPath,
    kBucketOwner,
    kVersionId,
};
// [seen] The fields of CSV are refused with any other type.
constexpr FieldRule kCsvConfigFields[] = {
    kInputType,
    kManifestType,
    kReaderTransformation,
    kMaxItems,
    kMaxItemsPath,
    kBucketOwner,
    kVersionId,
    text("CSVDelimiter").one_of(kDelimiters),
    text("CSVHeaderLocation").one_of(kHeaderLocations),
    array("CSVHeaders"),
};
constexpr std::string_view kMaxItemsNames[] = {"MaxItems", "MaxItemsPath"};
constexpr FieldGroup kConfigGroups[] = {{kMaxItemsNames}};
constexpr ObjectRules kCsvConfigRules{kCsvConfigFields, kConfigGroups};
constexpr ObjectRules kConfigRules{
    kConfigFields, kConfigGroups, false, {"InputType", "CSV", &kCsvConfigRules}};

constexpr FieldRule kReaderFields[] = {
    text("Resource").required(),
    kParameters,
    kArguments,
    object("ReaderConfig").of(kConfigRules),
};

constexpr FieldRule kBatcherFields[] = {
    integer("MaxItemsPerBatch").at_least(1).or_expression(),
    path("MaxItemsPerBatchPath"),
    integer("MaxInputBytesPerBatch").between(1, kBatchBytesMax).or_expression(),
    path("MaxInputBytesPerBatchPath"),
    any("BatchInput"),
};
constexpr std::string_view kBatchItems[] = {"MaxItemsPerBatch", "MaxItemsPerBatchPath"};
constexpr std::string_view kBatchBytes[] = {"MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"};
constexpr std::string_view kBatchAny[] = {"MaxItemsPerBatch",
                                          "MaxItemsPerBatchPath",
                                          "MaxInputBytesPerBatch",
                                          "MaxInputBytesPerBatchPath"};
constexpr FieldGroup kBatcherGroups[] = {{kBatchItems}, {kBatchBytes}};

constexpr std::string_view kWriterTransformations[] = {"NONE", "COMPACT", "FLATTEN"};
constexpr std::string_view kOutputTypes[] = {"JSON", "JSONL"};
constexpr FieldRule kWriterConfigFields[] = {
    text("Transformation").one_of(kWriterTransformations),
    text("OutputType").one_of(kOutputTypes),
};
constexpr ObjectRules kWriterConfigRules{kWriterConfigFields};

constexpr FieldRule kWriterFields[] = {
    text("Resource"),
    kParameters,
    kArguments,
    object("WriterConfig").of(kWriterConfigRules),
};

// "arn:aws:states:::s3:getObject", of any partition of AWS.
void check_resource(const FieldReader& fields, std::initializer_list<std::string_view> allowed) {
  if (!fields.has("Resource")) return;
  const std::string resource = fields.text_of("Resource");
  const std::size_t colons = resource.find(":states:::");
  const bool is_arn = resource.starts_with("arn:aws") && colons != std::string::npos;
  const std::string_view action =
      is_arn ? std::string_view(resource).substr(colons + 10) : std::string_view();
  if (std::find(allowed.begin(), allowed.end(), action) == allowed.end()) {
    fields.findings().error(Place(fields.place(), "Resource"),
                            "The field 'Resource' does not match any of the allowed values");
  }
}

// Parameters, or in JSONata Arguments.
std::optional<Template> request_of(const FieldReader& fields) {
  std::optional<Template> request = fields.template_of("Parameters");
  return request ? request : fields.template_of("Arguments");
}

void read_reader_config(const FieldReader& item_reader, ItemReader& out) {
  const Json* config = item_reader.find("ReaderConfig");
  if (config == nullptr) return;
  out.config = *config;
  const Place here(item_reader.place(), "ReaderConfig");
  const auto type = config->find("InputType");
  const bool is_csv = type != config->end() && *type == "CSV";
  const FieldReader fields(*config,
                           is_csv ? kCsvConfigRules : kConfigRules,
                           item_reader.reading(),
                           here,
                           item_reader.findings());
  out.max_items = fields.number_of("MaxItems", "MaxItemsPath");
  // An Athena manifest brings its own header row.
  if (!is_csv || fields.has("ManifestType")) return;
  if (!config->contains("CSVHeaderLocation")) {
    fields.findings().error(here, "The field 'CSVHeaderLocation' is required");
  } else if (fields.text_of("CSVHeaderLocation") == "GIVEN" && !config->contains("CSVHeaders")) {
    fields.findings().error(here, "These fields are required: [CSVHeaders]");
  }
}

}  // namespace

constinit const ObjectRules kItemReaderRules{kReaderFields};
constinit const ObjectRules kItemBatcherRules{kBatcherFields, kBatcherGroups};
constinit const ObjectRules kResultWriterRules{kWriterFields};

std::optional<ItemReader> read_item_reader(const StateReader& reader) {
  const Json* value = reader.find("ItemReader");
  if (value == nullptr) return std::nullopt;
  const Place here(reader.place(), "ItemReader");
  const FieldReader fields(*value, kItemReaderRules, reader.reading(), here, reader.findings());
  check_resource(fields, {"s3:getObject", "s3:listObjectsV2"});
  ItemReader out;
  out.resource = fields.text_of("Resource");
  out.request = request_of(fields);
  read_reader_config(fields, out);
  return out;
}

std::optional<ItemBatcher> read_item_batcher(const StateReader& reader) {
  const Json* value = reader.find("ItemBatcher");
  if (value == nullptr) return std::nullopt;
  const Place here(reader.place(), "ItemBatcher");
  const FieldReader fields(*value, kItemBatcherRules, reader.reading(), here, reader.findings());
  // [spec] "An ItemBatcher MUST contain at least one of" these.
  if (std::none_of(std::begin(kBatchAny), std::end(kBatchAny), [&](std::string_view name) {
        return value->contains(name);
      })) {
    reader.findings().error(here,
                            "This object should have at least one of the following fields: " +
                                bracketed(std::span(kBatchAny)));
  }
  return ItemBatcher{fields.number_of("MaxItemsPerBatch", "MaxItemsPerBatchPath"),
                     fields.number_of("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"),
                     fields.template_of("BatchInput")};
}

std::optional<ResultWriter> read_result_writer(const StateReader& reader) {
  const Json* value = reader.find("ResultWriter");
  if (value == nullptr) return std::nullopt;
  const Place here(reader.place(), "ResultWriter");
  const FieldReader fields(*value, kResultWriterRules, reader.reading(), here, reader.findings());
  check_resource(fields, {"s3:putObject"});
  ResultWriter out;
  out.resource = fields.text_of("Resource");
  out.request = request_of(fields);
  if (const Json* config = fields.find("WriterConfig")) {
    const Place config_place(here, "WriterConfig");
    const FieldReader writer(
        *config, kWriterConfigRules, reader.reading(), config_place, reader.findings());
    // [aws] Transformation and OutputType come together.
    if (config->contains("Transformation") && !config->contains("OutputType")) {
      reader.findings().error(config_place, "These fields are required: [OutputType]");
    }
    out.transformation = writer.text_of("Transformation");
    out.output_type = writer.text_of("OutputType");
  }
  return out;
}

}  // namespace pawl::asl
