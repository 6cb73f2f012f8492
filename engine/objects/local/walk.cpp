#include "engine/objects/local/walk.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "engine/objects/local/files.h"
#include "engine/objects/object_store.h"

namespace pawl::engine {

namespace {

struct Entry {
  std::string fragment;  // the part of the key this entry adds; a folder's ends in "/"
  std::string name;
  bool folder = false;
};

// Fragments within one folder are prefix-free but for "a" and "a/", so sorting them sorts the keys
// below them.
bool in_order(const Entry& a, const Entry& b) {
  // Of two files for one key the plain one counts, and comes first.
  return a.fragment != b.fragment ? a.fragment < b.fragment
                                  : !a.name.starts_with('%') && b.name.starts_with('%');
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

class Walk {
 public:
  Walk(const ListRequest& request, const LongNames& long_names)
      : request_(request), long_names_(long_names) {}

  // False: the page is full.
  bool visit(const std::string& folder, const std::string& base) {
    for (const Entry& entry : entries(folder, base)) {
      if (is_rolled_up(base)) return true;
      std::string full = base + entry.fragment;
      if (is_rolled_up(full)) continue;
      if (entry.folder) {
        if (!visit(folder + "/" + entry.name, full)) return false;
      } else if (!take(std::move(full))) {
        return false;
      }
    }
    return true;
  }

  ListedNames names;

 private:
  std::vector<Entry> entries(const std::string& folder, const std::string& base) const {
    std::vector<Entry> found;
    const std::unique_ptr<DIR, CloseFolder> open(::opendir(folder.c_str()));
    if (!open) {
      if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG)
        return found;
      throw_errno("cannot read folder " + folder);
    }
    while (const dirent* read = ::readdir(open.get())) {
      const std::string name = read->d_name;
      if (name == "." || name == "..") continue;
      const std::optional<bool> is_folder = classify(*read, folder + "/" + name);
      if (!is_folder) continue;
      std::optional<std::string> segment = segment_of_name(name, *is_folder, long_names_);
      if (!segment) continue;
      if (*is_folder) *segment += '/';
      const std::string full = base + *segment;
      if (may_hold(full, *is_folder)) found.push_back({std::move(*segment), name, *is_folder});
    }
    std::sort(found.begin(), found.end(), in_order);
    const auto same = [](const Entry& a, const Entry& b) { return a.fragment == b.fragment; };
    found.erase(std::unique(found.begin(), found.end(), same), found.end());
    return found;
  }

  static std::optional<bool> classify(const dirent& entry, const std::string& path) {
    if (entry.d_type == DT_REG) return false;
    if (entry.d_type == DT_DIR) return true;
    if (entry.d_type != DT_UNKNOWN && entry.d_type != DT_LNK) return std::nullopt;
    const FileType type = file_type(path);
    if (type != FileType::kRegular && type != FileType::kFolder) return std::nullopt;
    return type == FileType::kFolder;
  }

  // Whether `full`, or a key below the folder `full`, can be on this page.
  bool may_hold(const std::string& full, bool folder) const {
    if (full.size() > kObjectKeyBytesMax) return false;
    if (!folder) return full.starts_with(request_.prefix) && full > request_.after;
    const bool within = full.starts_with(request_.prefix) || request_.prefix.starts_with(full);
    return within && (full > request_.after || request_.after.starts_with(full));
  }

  bool is_rolled_up(const std::string& full) const {
    return !rolled_up_.empty() && full.starts_with(rolled_up_);
  }

  bool take(std::string key) {
    std::string common;
    if (!request_.delimiter.empty()) {
      const std::size_t end = key.find(request_.delimiter, request_.prefix.size());
      if (end != std::string::npos) common = key.substr(0, end + request_.delimiter.size());
    }
    // A page that ended with a common prefix is continued after all that it stands for.
    if (!common.empty() && common == request_.after) {
      rolled_up_ = common;
      return true;
    }
    if (names.keys.size() + names.common_prefixes.size() >= request_.max) {
      names.next = last_;
      return false;
    }
    if (common.empty()) {
      last_ = key;
      names.keys.push_back(std::move(key));
    } else {
      last_ = common;
      names.common_prefixes.push_back(common);
      rolled_up_ = std::move(common);
    }
    return true;
  }

  const ListRequest& request_;
  const LongNames& long_names_;
  std::string rolled_up_;
  std::string last_;
};

}  // namespace

ListedNames walk_bucket(const std::string& folder,
                        const ListRequest& request,
                        const LongNames& long_names) {
  if (request.max == 0) return {};
  Walk walk(request, long_names);
  walk.visit(folder, "");
  return std::move(walk.names);
}

}  // namespace pawl::engine
