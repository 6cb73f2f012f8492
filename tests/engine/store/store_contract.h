// A fixture for what every store promises: one test each backend.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/store/store.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {

class StoreContract : public ::testing::TestWithParam<std::string> {
 protected:
  StoreContract() : store_(open_store(url())), journal_(store_->journal()) {}
  std::string url() const {
    return GetParam() == "sqlite" ? "sqlite:" + folder_.file("pawl.db") : GetParam() + ":";
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  Journal& journal_;
};

}  // namespace pawl::engine
