#include "engine/ml/listing.h"

#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class Listing : public MlTest {
 protected:
  Listing() {
    for (const char* name : {"one", "two", "three"}) {
      store_->records().insert(
          {"thing",
           name,
           {{"Name", name}, {"Status", name[0] == 't' ? "Up" : "Down"}, {"CreationTime", ++time_}},
           "",
           {time_},
           {time_},
           1});
    }
  }
  std::string names(const Json& request, std::string* next = nullptr) {
    const Json page = list_page(store_->records(), rules_, request);
    std::string text;
    for (const Json& item : page.at("Things")) text += item.at("Name").get<std::string>() + " ";
    if (next != nullptr) *next = page.value("NextToken", "");
    return text;
  }
  std::int64_t time_ = 1000;
  ListingRules rules_{"thing", "", "Name", "Status", "CreationTime", "Things", {"Name"}};
};

TEST_F(Listing, IsNewestFirstUnlessToldOtherwise) {
  EXPECT_EQ(names(Json::object()), "three two one ");
  EXPECT_EQ(names({{"SortOrder", "Ascending"}}), "one two three ");
  EXPECT_EQ(names({{"SortBy", "Name"}, {"SortOrder", "Ascending"}}), "one three two ");
}

TEST_F(Listing, FiltersByNameAndStatus) {
  EXPECT_EQ(names({{"NameContains", "o"}}), "two one ");
  EXPECT_EQ(names({{"StatusEquals", "Up"}}), "three two ");
}

TEST_F(Listing, GoesOnWhereThePageBeforeEnded) {
  std::string token;
  EXPECT_EQ(names({{"MaxResults", 2}}, &token), "three two ");
  EXPECT_EQ(names({{"MaxResults", 2}, {"NextToken", token}}, &token), "one ");
  EXPECT_EQ(token, "");
  EXPECT_THROW(names({{"NextToken", "forged"}}), ServiceError);
}

}  // namespace
}  // namespace pawl::engine
