// pawl backup: a copy of a data folder's database, also while its server runs.
#include <iostream>
#include <memory>

#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/server/config.h"
#include "engine/store/backup.h"

namespace pawl::engine {

std::function<int()> declare_backup(CLI::App& app) {
  auto target = std::make_shared<std::string>();
  auto data = std::make_shared<std::string>();
  app.add_option("file", *target, "Where to put the copy; must not exist")->required();
  app.add_option("--data", *data, "Data folder (default: $XDG_DATA_HOME/pawl)");
  return [=] {
    const std::string folder = data->empty() ? default_data_folder() : *data;
    const std::int64_t bytes = backup_database(folder + "/pawl.db", *target);
    std::cout << *target << ": " << bytes << " bytes\n";
    return kSucceeded;
  };
}

}  // namespace pawl::engine
