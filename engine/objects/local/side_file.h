// What is known of an object beyond its bytes, kept in a side file so that the object itself stays
// a plain file.
//
// A side file holds records, each for one version of the object's file, named by its size and time.
// A write first puts both the new version's record and the present one's into the side file, then
// renames the new bytes into place: whichever file a crash leaves has its record. A file without a
// matching record was put or changed by hand.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/objects/local/files.h"

namespace pawl::engine {

struct SideRecord {
  FileStamp stamp;
  std::string etag;
  std::string content_type;
  std::map<std::string, std::string> metadata;
  std::map<std::string, std::string> headers;
};

std::string encode_side_file(const std::string& key, const std::vector<SideRecord>& records);
// A torn or foreign file holds no records.
std::vector<SideRecord> decode_side_file(std::string_view text);
std::optional<SideRecord> record_for(const std::vector<SideRecord>& records,
                                     const FileStamp& stamp);

}  // namespace pawl::engine
