#include "engine/artifacts/artifacts.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/objects/digest.h"
#include "engine/objects/local/files.h"
#include "engine/store/records.h"

namespace pawl::engine {

namespace {

constexpr std::string_view kDigestHead = "sha256:";
constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kPlacesLookedAt = 20;

std::string named_digest(std::string_view raw) { return std::string(kDigestHead) + to_hex(raw); }

ArtifactPlace place_of_object(const std::string& bucket, const ObjectInfo& info) {
  return {"s3://" + bucket + "/" + info.key, info.etag, info.modified_at_ms};
}

// Trouble with the disk, as every other write answers it.
template <class Write>
auto writing(const Write& write) {
  try {
    return write();
  } catch (const std::system_error& error) {
    throw StoreUnavailable(error.what());
  }
}

}  // namespace

bool is_artifact_digest(std::string_view text) {
  if (!text.starts_with(kDigestHead)) return false;
  text.remove_prefix(kDigestHead.size());
  return text.size() == kDigestDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string artifact_digest_of_file(const std::string& path) {
  return named_digest(digest_file(DigestKind::kSha256, path));
}

std::string media_type_of(const std::string& name, const std::string& given) {
  if (!given.empty() && given != kAnyMediaType && given != "binary/octet-stream") return given;
  static constexpr std::array<std::pair<std::string_view, const char*>, 11> kByEnding = {
      {{".csv", "text/csv"},
       {".gz", "application/gzip"},
       {".html", "text/html"},
       {".json", "application/json"},
       {".jsonl", "application/x-ndjson"},
       {".parquet", "application/vnd.apache.parquet"},
       {".png", "image/png"},
       {".tgz", "application/gzip"},
       {".tsv", "text/tab-separated-values"},
       {".txt", "text/plain"},
       {".zip", "application/zip"}}};
  for (const auto& [ending, type] : kByEnding) {
    if (name.ends_with(ending)) return type;
  }
  return kAnyMediaType;
}

ArtifactScratch::~ArtifactScratch() { ::unlink(path.c_str()); }

Artifacts::Artifacts(Surroundings around) : around_(std::move(around)) {
  std::error_code ignored;
  std::filesystem::remove_all(around_.folder + "/tmp", ignored);
}

std::string Artifacts::path_of(const std::string& digest) const {
  const std::string hex = digest.substr(kDigestHead.size());
  return around_.folder + "/sha256/" + hex.substr(0, 2) + "/" + hex.substr(2);
}

std::string Artifacts::scratch_name() const {
  const std::string folder = around_.folder + "/tmp";
  make_folders(folder);
  return folder + "/" + random_hex(16);
}

bool Artifacts::put(const std::string& digest,
                    std::string_view bytes,
                    const std::string& media_type) {
  const std::string actual = named_digest(pawl::engine::digest(DigestKind::kSha256, bytes));
  if (actual != digest) throw DigestMismatch(actual);
  return writing([&] {
    const ArtifactScratch file(scratch_name());
    write_new_file(file.path, bytes, {.durable = false});  // keep() makes it so
    return keep(digest, file.path, media_type);
  });
}

bool Artifacts::put_file(const std::string& digest,
                         const std::string& file,
                         const std::string& media_type) {
  const std::string actual = artifact_digest_of_file(file);
  if (actual != digest) throw DigestMismatch(actual);
  return writing([&] { return keep(digest, file, media_type); });
}

// The file is there, durably, before the row that tells of it.
bool Artifacts::keep(const std::string& digest,
                     const std::string& file,
                     const std::string& media_type) {
  const std::string path = path_of(digest);
  const std::uint64_t bytes = seal(open_file(file)).size;
  const std::lock_guard lock(files_);
  const auto row = around_.table.find(digest);
  if (row && row->facts.is_kept && open_kept(*row)) return false;
  make_folders(parent_folder(path));
  move_file(file, path);
  sync_folder(parent_folder(path));
  around_.table.record({{digest, bytes, media_type, true}, std::nullopt}, around_.now());
  return true;
}

// The row first: what is left of a removal that was cut short is a file that nobody names, and a
// later put() replaces.
void Artifacts::remove(const std::string& digest) {
  const std::lock_guard lock(files_);
  around_.table.set_not_kept(digest);
  writing([&] { remove_file(path_of(digest)); });
}

std::optional<OpenArtifact> Artifacts::open_kept(const ArtifactRow& row) const {
  std::optional<Fd> file = open_if_exists(path_of(row.facts.digest));
  if (!file || stamp_of(*file).size != row.facts.bytes) return std::nullopt;
  const std::string path = "/proc/self/fd/" + std::to_string(file->get());
  return OpenArtifact{path, std::make_shared<const Fd>(*std::move(file))};
}

// An object that was written again may still hold what it held; then it is read to find out.
std::optional<OpenArtifact> Artifacts::open_object(const ArtifactRow& row,
                                                   const ArtifactPlace& place) {
  const auto uri = parse_s3_uri(place.uri);
  if (!uri) return std::nullopt;
  try {
    const ObjectFile object = around_.objects.open(uri->bucket, uri->key);
    const ArtifactPlace now = place_of_object(uri->bucket, object.info);
    if (now.etag != place.etag || object.info.size != row.facts.bytes) return std::nullopt;
    if (now.modified_at_ms != place.modified_at_ms) {
      if (artifact_digest_of_file(object.path) != row.facts.digest) return std::nullopt;
      around_.table.record({row.facts, now}, around_.now());
    }
    return OpenArtifact{object.path, object.hold};
  } catch (const ObjectError&) {  // it is not there
    return std::nullopt;
  }
}

std::optional<OpenArtifact> Artifacts::open(const ArtifactRow& row) {
  if (row.facts.is_kept) {
    if (auto kept = open_kept(row)) return kept;
  }
  for (const ArtifactPlace& place : around_.table.places(row.id, kPlacesLookedAt)) {
    if (auto object = open_object(row, place)) return object;
  }
  return std::nullopt;
}

SeenArtifact Artifacts::look_at(const std::string& bucket, const std::string& key) {
  const ObjectFile object = around_.objects.open(bucket, key);
  SeenArtifact seen;
  seen.place = place_of_object(bucket, object.info);
  if (const auto row = around_.table.find_at(*seen.place, object.info.size)) {
    seen.facts = row->facts;
    return seen;
  }
  seen.facts = {artifact_digest_of_file(object.path),
                object.info.size,
                media_type_of(key, object.info.content_type),
                false};
  return seen;
}

}  // namespace pawl::engine
