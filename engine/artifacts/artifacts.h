// Artifacts: bytes named by their SHA-256. Those that clients bring are files of this installation;
// those that jobs read and make stay the objects that they are, and are read from there for as long
// as they are the same. docs/decisions/0041-artifacts-are-read-where-they-are.md
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/objects/object_store.h"
#include "engine/store/artifacts.h"

namespace pawl::engine {

// "sha256:" and 64 hexadecimal digits in lower case.
bool is_artifact_digest(std::string_view text);
// Of a file's bytes. Throws std::system_error.
std::string artifact_digest_of_file(const std::string& path);

// What a name tells of bytes for which nobody gives a media type: "application/gzip" of
// "model.tar.gz".
std::string media_type_of(const std::string& name, const std::string& given);
inline constexpr const char* kAnyMediaType = "application/octet-stream";

// The bytes are not those of the digest.
struct DigestMismatch : std::runtime_error {
  explicit DigestMismatch(const std::string& actual_)
      : std::runtime_error("the bytes have the digest " + actual_), actual(actual_) {}
  std::string actual;
};

// `path` can be read while `hold` lives, whatever becomes of the object.
struct OpenArtifact {
  std::string path;
  std::shared_ptr<const void> hold;
};

// A name for a file that is to be put. What is there when the owner goes is removed; put, nothing
// is.
struct ArtifactScratch {
  explicit ArtifactScratch(std::string path_) : path(std::move(path_)) {}
  ArtifactScratch(const ArtifactScratch&) = delete;
  ArtifactScratch& operator=(const ArtifactScratch&) = delete;
  ~ArtifactScratch();
  const std::string path;
};

// Thread-safe. Calls may block on the disk; writes throw StoreUnavailable when it does not take
// them.
class Artifacts {
 public:
  struct Surroundings {
    ArtifactTable& table;
    ObjectStore& objects;
    std::string folder;  // of its own; made when it is needed. What was half written there goes
    std::function<asl::Timestamp()> now;
  };
  // REQUIRES: what `around` refers to outlives it.
  explicit Artifacts(Surroundings around);

  // Keeps the bytes. False: they were kept already. Throws DigestMismatch, and keeps nothing.
  // REQUIRES: is_artifact_digest(digest).
  bool put(const std::string& digest, std::string_view bytes, const std::string& media_type);
  // Takes the file over (renames or copies it), unless they were.
  bool put_file(const std::string& digest, const std::string& file, const std::string& media_type);
  // The bytes are kept no longer; lineage, and objects that hold them, stay.
  void remove(const std::string& digest);

  // Nothing: nobody has the bytes any more.
  std::optional<OpenArtifact> open(const ArtifactRow& row);
  // The artifact that an object is; it is read only when this version of it was not seen before.
  // Throws ObjectError, std::system_error.
  SeenArtifact look_at(const std::string& bucket, const std::string& key);

  ArtifactTable& table() { return around_.table; }
  asl::Timestamp now() const { return around_.now(); }
  // On the same file system; its folder is there.
  std::string scratch_name() const;

 private:
  std::string path_of(const std::string& digest) const;
  std::optional<OpenArtifact> open_kept(const ArtifactRow& row) const;
  std::optional<OpenArtifact> open_object(const ArtifactRow& row, const ArtifactPlace& place);
  bool keep(const std::string& digest, const std::string& file, const std::string& media_type);

  const Surroundings around_;
  std::mutex files_;  // held from a file's coming or going to the row that says so
};

}  // namespace pawl::engine
