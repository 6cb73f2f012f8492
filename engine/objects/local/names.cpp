#include "engine/objects/local/names.h"

#include "engine/http/message.h"
#include "engine/objects/digest.h"
#include "engine/objects/local/files.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kLongNameBytesMax = 1024;  // a key is no longer

bool is_plain(std::string_view segment) {
  return !segment.empty() && segment.size() <= kNameBytesMax && segment != "." && segment != ".." &&
         segment.front() != '%' && segment.find('\0') == std::string_view::npos;
}

std::string hash_of(std::string_view segment) {
  return to_hex(digest(DigestKind::kSha256, segment));
}

// Without the leading "%" or "%+". '#' is never part of a percent-encoding, so the two forms cannot
// meet.
std::string escape(std::string_view segment) {
  std::string escaped = percent_encode(segment);
  return escaped.size() + 2 <= kNameBytesMax ? escaped : "#" + hash_of(segment);
}

bool needs_long_name(std::string_view segment) {
  return percent_encode(segment).size() + 2 > kNameBytesMax;
}

std::vector<std::string_view> split(std::string_view key) {
  std::vector<std::string_view> segments;
  for (std::size_t from = 0;;) {
    const std::size_t slash = key.find('/', from);
    if (slash == std::string_view::npos) {
      segments.push_back(key.substr(from));
      return segments;
    }
    segments.push_back(key.substr(from, slash - from));
    from = slash + 1;
  }
}

}  // namespace

void LongNames::keep(const std::string& hash,
                     std::string_view segment,
                     const std::string& scratch) const {
  const std::string path = folder_ + "/" + hash;
  if (file_type(path) == FileType::kRegular) return;
  make_folders(folder_);
  replace_file(path, segment, {.scratch = scratch});
}

std::optional<std::string> LongNames::find(const std::string& hash) const {
  const std::optional<Fd> file = open_if_exists(folder_ + "/" + hash);
  if (!file) return std::nullopt;
  std::string segment = read_file(*file, kLongNameBytesMax);
  if (hash_of(segment) != hash) return std::nullopt;
  return segment;
}

std::string escaped_name(std::string_view segment) { return "%" + escape(segment); }

KeyPath key_path(std::string_view key) {
  const std::vector<std::string_view> segments = split(key);
  KeyPath path;
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    path.folders.push_back(is_plain(segments[i]) ? std::string(segments[i])
                                                 : "%+" + escape(segments[i]));
  }
  if (is_plain(segments.back())) path.plain = std::string(segments.back());
  path.escaped = escaped_name(segments.back());
  return path;
}

std::vector<std::pair<std::string, std::string>> long_segments(std::string_view key) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const std::string_view segment : split(key)) {
    // A segment of fitting length may still be moved to its escaped name later, so its name is kept
    // as well.
    if (needs_long_name(segment)) found.emplace_back(hash_of(segment), std::string(segment));
  }
  return found;
}

std::optional<std::string> segment_of_name(const std::string& name,
                                           bool folder,
                                           const LongNames& long_names) {
  if (!name.starts_with('%')) return is_utf8(name) ? std::optional(name) : std::nullopt;
  const std::string_view prefix = folder ? "%+" : "%";
  if (!name.starts_with(prefix)) return std::nullopt;
  const std::string rest = name.substr(prefix.size());
  std::optional<std::string> segment =
      rest.starts_with('#') ? long_names.find(rest.substr(1)) : percent_decode(rest);
  // Only the one spelling that key_path() uses can be found again.
  if (!segment || escape(*segment) != rest || !is_utf8(*segment)) return std::nullopt;
  if (folder && is_plain(*segment)) return std::nullopt;
  return segment;
}

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t more = 0;
    std::uint32_t code = lead;
    if (lead >= 0xf0U && lead <= 0xf4U) {
      more = 3;
      code = lead & 0x07U;
    } else if (lead >= 0xe0U && lead <= 0xefU) {
      more = 2;
      code = lead & 0x0fU;
    } else if (lead >= 0xc2U && lead <= 0xdfU) {
      more = 1;
      code = lead & 0x1fU;
    } else if (lead >= 0x80U) {
      return false;
    }
    if (i + more >= text.size()) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xc0U) != 0x80U) return false;
      code = code << 6U | (byte & 0x3fU);
    }
    const bool overlong = (more == 2 && code < 0x800U) || (more == 3 && code < 0x10000U);
    if (overlong || code > 0x10ffffU || (code >= 0xd800U && code <= 0xdfffU)) return false;
    i += more + 1;
  }
  return true;
}

}  // namespace pawl::engine
