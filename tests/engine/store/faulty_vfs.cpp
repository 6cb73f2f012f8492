#include "tests/engine/store/faulty_vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>

namespace pawl::engine::testing {
namespace {

struct World {
  std::mutex mutex;
  FaultPlan plan;
  std::int64_t operations = 0;
  bool happened = false;
  std::map<std::string, std::string> synced;  // by path
};
World& world() {
  static World one;
  return one;
}

struct File {
  sqlite3_file base;
  const char* path;  // SQLite keeps it while the file is open
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File* file_of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return file_of(file)->real(); }
sqlite3_vfs* real_vfs() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
  return vfs;
}

bool fails() {
  World& w = world();
  const std::lock_guard lock(w.mutex);
  if (w.plan.at == 0) return false;
  ++w.operations;
  const bool failed = w.operations >= w.plan.at && w.operations - w.plan.at < w.plan.length;
  w.happened = w.happened || failed;
  return failed;
}

int on_close(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }
int on_read(sqlite3_file* file, void* out, int bytes, sqlite3_int64 at) {
  return real_of(file)->pMethods->xRead(real_of(file), out, bytes, at);
}
int on_write(sqlite3_file* file, const void* data, int bytes, sqlite3_int64 at) {
  if (fails()) {
    if (world().plan.torn) {
      real_of(file)->pMethods->xWrite(real_of(file), data, bytes / 2, at);
    }
    return SQLITE_FULL;
  }
  return real_of(file)->pMethods->xWrite(real_of(file), data, bytes, at);
}
int on_truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (fails()) return SQLITE_IOERR_TRUNCATE;
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}
int on_sync(sqlite3_file* file, int flags) {
  if (fails()) return SQLITE_IOERR_FSYNC;
  const int code = real_of(file)->pMethods->xSync(real_of(file), flags);
  if (code == SQLITE_OK && file_of(file)->path != nullptr) {
    const std::string path = file_of(file)->path;
    std::ifstream in(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const std::lock_guard lock(world().mutex);
    world().synced[path] = std::move(bytes);
  }
  return code;
}
int on_size(sqlite3_file* file, sqlite3_int64* size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int on_lock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}
int on_unlock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int on_check_lock(sqlite3_file* file, int* out) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}
int on_control(sqlite3_file* file, int what, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}
int on_sector(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int on_device(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
int on_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}
int on_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void on_barrier(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
int on_unmap(sqlite3_file* file, int remove) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

constexpr sqlite3_io_methods kMethods = {2,
                                         on_close,
                                         on_read,
                                         on_write,
                                         on_truncate,
                                         on_sync,
                                         on_size,
                                         on_lock,
                                         on_unlock,
                                         on_check_lock,
                                         on_control,
                                         on_sector,
                                         on_device,
                                         on_map,
                                         on_shm_lock,
                                         on_barrier,
                                         on_unmap,
                                         nullptr,
                                         nullptr};

int on_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  File* mine = file_of(file);
  mine->base.pMethods = nullptr;
  mine->path = name;
  const int code = real_vfs()->xOpen(real_vfs(), name, mine->real(), flags, out_flags);
  if (code == SQLITE_OK) mine->base.pMethods = &kMethods;
  return code;
}

int on_delete(sqlite3_vfs*, const char* name, int sync_folder) {
  if (fails()) return SQLITE_IOERR_DELETE;
  const int code = real_vfs()->xDelete(real_vfs(), name, sync_folder);
  const std::lock_guard lock(world().mutex);
  world().synced.erase(name);
  return code;
}

}  // namespace

void register_faulty_vfs() {
  static sqlite3_vfs vfs;
  if (vfs.zName != nullptr) return;
  vfs = *real_vfs();
  vfs.zName = "faulty";
  vfs.pNext = nullptr;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs()->szOsFile;
  vfs.xOpen = on_open;
  vfs.xDelete = on_delete;
  sqlite3_vfs_register(&vfs, 0);
}

void arm(const FaultPlan& plan) {
  const std::lock_guard lock(world().mutex);
  world().plan = plan;
  world().operations = 0;
  world().happened = false;
}

bool fault_happened() {
  const std::lock_guard lock(world().mutex);
  return world().happened;
}

void lose_what_was_not_synced() {
  const std::lock_guard lock(world().mutex);
  for (const auto& [path, bytes] : world().synced) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
}

void forget_files() {
  const std::lock_guard lock(world().mutex);
  world().synced.clear();
}

}  // namespace pawl::engine::testing
