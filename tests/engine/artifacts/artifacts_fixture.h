// Artifacts over real files: a SQLite store, objects and kept bytes in a temporary folder.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "engine/artifacts/recorder.h"
#include "engine/objects/digest.h"
#include "engine/store/store.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {

using ListQuery = ArtifactTable::Query;

inline ListQuery where(std::string ListQuery::*member, const std::string& value) {
  ListQuery query;
  query.*member = value;
  return query;
}

class ArtifactsTest : public ::testing::Test {
 protected:
  ArtifactsTest() {
    open();
    objects_->create_bucket("bucket");
  }

  // A server's life: what is between two calls is one process's.
  void open() {
    recorder_.reset();
    artifacts_.reset();
    objects_.reset();
    store_.reset();
    store_ = open_store("sqlite:" + folder_.file("pawl.db"));
    objects_ = open_local_objects(folder_.file("objects"));
    artifacts_ = std::make_unique<Artifacts>(Artifacts::Surroundings{
        store_->artifacts(), *objects_, folder_.file("artifacts"), [this] { return now_; }});
    recorder_ = std::make_unique<LineageRecorder>(
        *artifacts_, [](const std::function<void()>& task) { task(); });
  }

  static std::string digest_of(const std::string& bytes) {
    return "sha256:" + to_hex(digest(DigestKind::kSha256, bytes));
  }
  // Nothing: it is not known; "gone": nobody has the bytes.
  std::string bytes_of(const std::string& name) {
    const auto row = artifacts_->table().find(name);
    if (!row) return "unknown";
    const auto opened = artifacts_->open(*row);
    if (!opened) return "gone";
    std::ifstream in(opened->path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  LineageRecorder::Taken put_object(const std::string& key, const std::string& bytes) {
    return {"bucket", objects_->put("bucket", key, bytes, {})};
  }
  std::size_t files_kept() const {
    std::size_t count = 0;
    std::error_code none;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder_.file("artifacts"), none)) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  testing::TemporaryFolder folder_;
  // Later than the files of the test.
  asl::Timestamp now_{4'000'000'000'000};
  std::unique_ptr<Store> store_;
  std::unique_ptr<ObjectStore> objects_;
  std::unique_ptr<Artifacts> artifacts_;
  std::unique_ptr<LineageRecorder> recorder_;
};

}  // namespace pawl::engine
