#include "engine/map_runs/sources.h"

#include <functional>

#include "asl/text.h"

namespace pawl::engine {

namespace {

using asl::Json;

std::string need(const Json& request, const char* name) {
  std::string text = request.is_object() ? config_text(request, name) : "";
  if (text.empty()) {
    throw ReaderFault(std::string("The ItemReader's parameters have no ") + name + ".");
  }
  return text;
}

// A reader may say them beside the Bucket, or in its ReaderConfig.
ObjectDemands demands_of(const states::MapRunSettings::Reader& reader) {
  const auto member = [&](const char* name) {
    std::string text = reader.request.is_object() ? config_text(reader.request, name) : "";
    return text.empty() ? config_text(reader.config, name) : text;
  };
  return {.owner = member("ExpectedBucketOwner"), .version = member("VersionId")};
}

class PayloadSource final : public ItemSource {
 public:
  explicit PayloadSource(const asl::Payload& items)
      : items_(items), at_(items_.json().begin()), is_object_(items_.json().is_object()) {}

  std::optional<ReadItem> next() override {
    if (at_ == items_.json().end()) return std::nullopt;
    ReadItem item{*at_, std::nullopt, "STATE_DATA"};
    if (is_object_) item.key = at_.key();
    ++at_;
    return item;
  }

 private:
  const asl::Payload items_;
  Json::const_iterator at_;
  const bool is_object_;
};

// All objects of a listing, page by page.
class Listing {
 public:
  Listing(MapObjects& objects, std::string bucket, std::string prefix, std::string owner)
      : objects_(objects),
        bucket_(std::move(bucket)),
        prefix_(std::move(prefix)),
        owner_(std::move(owner)) {}

  std::optional<ObjectInfo> next() {
    while (at_ == page_.objects.size()) {
      if (read_ && page_.next.empty()) return std::nullopt;
      page_ = objects_.list(bucket_, prefix_, page_.next, owner_);
      read_ = true;
      at_ = 0;
    }
    return page_.objects[at_++];
  }
  const std::string& bucket() const { return bucket_; }
  const std::string& owner() const { return owner_; }

 private:
  MapObjects& objects_;
  const std::string bucket_;
  const std::string prefix_;
  const std::string owner_;
  ObjectListing page_;
  std::size_t at_ = 0;
  bool read_ = false;
};

// The objects themselves.
class ListingSource final : public ItemSource {
 public:
  explicit ListingSource(Listing listing) : listing_(std::move(listing)) {}

  std::optional<ReadItem> next() override {
    const std::optional<ObjectInfo> object = listing_.next();
    if (!object) return std::nullopt;
    Json item = Json::object();
    item["Etag"] = "\"" + object->etag + "\"";
    item["Key"] = object->key;
    item["LastModified"] = object->modified_at_ms / 1000;
    item["Size"] = object->size;
    item["StorageClass"] = "STANDARD";
    return ReadItem{std::move(item), std::nullopt, "S3://" + listing_.bucket()};
  }

 private:
  Listing listing_;
};

// The items of one file after those of another.
class FilesSource final : public ItemSource {
 public:
  using NextFile = std::function<std::unique_ptr<ItemSource>()>;  // null: no more
  explicit FilesSource(NextFile next_file) : next_file_(std::move(next_file)) {}

  std::optional<ReadItem> next() override {
    while (true) {
      if (!file_) file_ = next_file_();
      if (!file_) return std::nullopt;
      if (auto item = file_->next()) return item;
      file_.reset();
    }
  }

 private:
  NextFile next_file_;
  std::unique_ptr<ItemSource> file_;
};

// A reader together with the file that it reads.
class HeldSource final : public ItemSource {
 public:
  HeldSource(ItemFile file, const Json& config)
      : file_(std::move(file)), reader_(read_items(file_, config)) {}
  std::optional<ReadItem> next() override { return reader_->next(); }

 private:
  const ItemFile file_;
  std::unique_ptr<ItemSource> reader_;
};

// [aws] https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
// The manifest's files are CSV without a header row; its fileSchema names the columns.
std::unique_ptr<ItemSource> open_inventory(MapObjects& objects, const ItemFile& manifest) {
  auto reader = read_json(manifest, Json{{"ItemsPointer", "/files"}});
  Json headers = Json::array();
  std::string bucket;
  for (auto top = read_json(manifest, Json::object()); auto member = top->next();) {
    if (member->key == "fileSchema" && member->value.is_string()) {
      std::string name;
      for (const char c : member->value.get<std::string>() + ",") {
        if (c == ',')
          headers.push_back(std::exchange(name, ""));
        else if (c != ' ')
          name += c;
      }
    } else if (member->key == "destinationBucket" && member->value.is_string()) {
      bucket = member->value.get<std::string>();
      bucket = bucket.substr(bucket.rfind(':') + 1);  // "arn:aws:s3:::bucket"
    } else if (member->key == "fileFormat" && member->value != "CSV") {
      throw ReaderFault("Only S3 inventories in CSV can be read.");
    }
  }
  if (bucket.empty()) bucket = manifest.bucket;
  const Json config = {
      {"InputType", "CSV"}, {"CSVHeaderLocation", "GIVEN"}, {"CSVHeaders", headers}};
  const auto files = std::make_shared<std::unique_ptr<ItemSource>>(std::move(reader));
  return std::make_unique<FilesSource>([&objects, files, bucket, config, manifest] {
    const auto file = (*files)->next();
    if (!file) return std::unique_ptr<ItemSource>();
    return std::unique_ptr<ItemSource>(
        std::make_unique<HeldSource>(objects.fetch(bucket, need(file->value, "key"), {}), config));
  });
}

// [aws] https://docs.aws.amazon.com/athena/latest/ug/unload.html: one s3:// URI a line.
std::unique_ptr<ItemSource> open_athena(MapObjects& objects, ItemFile manifest, Json config) {
  if (!config.contains("CSVHeaderLocation")) config["CSVHeaderLocation"] = "FIRST_ROW";
  const Json lines = {{"CSVHeaderLocation", "GIVEN"}, {"CSVHeaders", Json::array({"uri"})}};
  const auto files = std::make_shared<std::unique_ptr<ItemSource>>(read_csv(manifest, lines));
  return std::make_unique<FilesSource>([&objects, files, config, manifest] {
    const auto line = (*files)->next();
    if (!line) return std::unique_ptr<ItemSource>();
    const auto uri = parse_s3_uri(line->value.at("uri").get<std::string>());
    if (!uri) throw ReaderFault("The manifest holds what is no S3 URI.");
    return std::unique_ptr<ItemSource>(
        std::make_unique<HeldSource>(objects.fetch(uri->bucket, uri->key, {}), config));
  });
}

std::unique_ptr<ItemSource> open_listing(MapObjects& objects,
                                         const states::MapRunSettings::Reader& reader) {
  const std::string bucket = need(reader.request, "Bucket");
  Listing listing(objects, bucket, config_text(reader.request, "Prefix"), demands_of(reader).owner);
  if (config_text(reader.config, "Transformation") != "LOAD_AND_FLATTEN") {
    return std::make_unique<ListingSource>(std::move(listing));
  }
  const auto files = std::make_shared<Listing>(std::move(listing));
  return std::make_unique<FilesSource>([&objects, files, config = reader.config] {
    auto object = files->next();
    // A folder's own entry has nothing in it.
    while (object && object->size == 0) object = files->next();
    if (!object) return std::unique_ptr<ItemSource>();
    return std::unique_ptr<ItemSource>(std::make_unique<HeldSource>(
        objects.fetch(files->bucket(), object->key, {.owner = files->owner()}), config));
  });
}

std::unique_ptr<ItemSource> open_object(MapObjects& objects,
                                        const states::MapRunSettings::Reader& reader) {
  ItemFile file = objects.fetch(
      need(reader.request, "Bucket"), need(reader.request, "Key"), demands_of(reader));
  const std::string manifest = config_text(reader.config, "ManifestType");
  if (manifest == "ATHENA_DATA") return open_athena(objects, std::move(file), reader.config);
  if (manifest == "S3_INVENTORY" || config_text(reader.config, "InputType") == "MANIFEST") {
    return open_inventory(objects, file);
  }
  return std::make_unique<HeldSource>(std::move(file), reader.config);
}

}  // namespace

std::unique_ptr<ItemSource> open_source(MapObjects& objects,
                                        const states::MapRunSettings::Reader& reader) {
  if (reader.action == "listObjectsV2") return open_listing(objects, reader);
  return open_object(objects, reader);
}

std::unique_ptr<ItemSource> items_of_payload(const asl::Payload& items) {
  return std::make_unique<PayloadSource>(items);
}

}  // namespace pawl::engine
