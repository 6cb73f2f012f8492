// What every store promises of state machines, their versions and aliases, activities and tags.
#include "tests/engine/store/samples.h"
#include "tests/engine/store/store_contract.h"

namespace pawl::engine {
namespace {

constexpr std::size_t kAllRows = 1'000'000;

MachineRow machine(const std::string& name) {
  MachineRow row;
  row.arn = "arn:" + name;
  row.name = name;
  row.created_at = {5};
  row.updated_at = {5};
  row.definition = "{ }";
  row.role_arn = "role";
  row.configuration = asl::Json::parse(R"({"tracingConfiguration":{"enabled":false}})");
  return row;
}

TEST_P(StoreContract, AMachineKeepsItsRevisionsAlsoWhenItIsGone) {
  Catalog& catalog = store_->catalog();
  ASSERT_TRUE(catalog.create_machine(machine("a")));
  EXPECT_FALSE(catalog.create_machine(machine("a")));
  const auto first = catalog.find_machine("arn:a");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->name, "a");
  EXPECT_EQ(first->definition, "{ }");
  EXPECT_EQ(first->configuration, machine("a").configuration);
  MachineRow changed = *first;
  changed.definition = "{  }";
  changed.revision_id = "r2";
  changed.updated_at = {9};
  const auto second = catalog.update_machine(changed);
  ASSERT_TRUE(second);
  EXPECT_NE(second->revision, first->revision);
  EXPECT_EQ(catalog.find_machine("arn:a")->definition, "{  }");
  EXPECT_EQ(catalog.find_machine("arn:a")->revision_id, "r2");
  EXPECT_EQ(catalog.find_machine("arn:a")->created_at.ms, 5);
  EXPECT_TRUE(catalog.delete_machine("arn:a"));
  EXPECT_FALSE(catalog.delete_machine("arn:a"));
  EXPECT_FALSE(catalog.find_machine("arn:a"));
  EXPECT_FALSE(catalog.update_machine(changed));
  EXPECT_EQ(catalog.find_revision(first->revision)->definition, "{ }");
  EXPECT_EQ(catalog.find_revision(second->revision)->definition, "{  }");
  EXPECT_EQ(catalog.find_revision(second->revision)->arn, "arn:a");
  EXPECT_FALSE(catalog.find_revision(999));
}

TEST_P(StoreContract, MachinesAndActivitiesAreListedNewestFirstInPages) {
  Catalog& catalog = store_->catalog();
  for (const char* name : {"c", "a", "b"}) {
    ASSERT_TRUE(catalog.create_machine(machine(name)));
    ASSERT_TRUE(catalog.create_activity({std::string("act:") + name, name, {1}, {}}));
  }
  EXPECT_FALSE(catalog.create_activity({"act:a", "a", {1}, {}}));
  EXPECT_EQ(catalog.find_activity("act:a")->name, "a");
  const auto machines = catalog.list_machines("", 2);
  ASSERT_EQ(machines.size(), 2U);
  EXPECT_EQ(machines[0].name, "b");
  EXPECT_EQ(machines[1].name, "a");
  EXPECT_EQ(catalog.list_machines("arn:a", 2).at(0).name, "c");
  EXPECT_EQ(catalog.list_activities("act:b", 5).size(), 2U);
  EXPECT_TRUE(catalog.delete_activity("act:a"));
  EXPECT_FALSE(catalog.find_activity("act:a"));
}

VersionRow version(std::int64_t revision, std::int64_t created = 7) {
  return {.machine_arn = "arn:a",
          .number = 0,
          .revision = revision,
          .description = "d" + std::to_string(revision),
          .created_at = {created}};
}

TEST_P(StoreContract, VersionsAreNumberedOncePerRevisionAndNeverAgain) {
  Catalog& catalog = store_->catalog();
  ASSERT_TRUE(catalog.create_machine(machine("a")));
  const auto one = catalog.publish_version(version(catalog.find_machine("arn:a")->revision));
  ASSERT_TRUE(one);
  EXPECT_EQ(one->number, 1);
  EXPECT_EQ(one->arn(), "arn:a:1");
  const auto again = catalog.publish_version(version(one->revision, 99));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->number, 1);
  EXPECT_EQ(again->created_at.ms, 7);
  const auto revision = catalog.update_machine(machine("a"))->revision;
  EXPECT_FALSE(catalog.publish_version(version(one->revision)));  // no longer the current one
  EXPECT_EQ(catalog.publish_version(version(revision))->number, 2);
  EXPECT_TRUE(catalog.delete_version("arn:a", 2).empty());
  EXPECT_TRUE(catalog.delete_version("arn:a", 2).empty());
  EXPECT_FALSE(catalog.find_version("arn:a", 2));
  EXPECT_EQ(catalog.publish_version(version(revision))->number, 3);
  EXPECT_EQ(catalog.find_version("arn:a", 3)->description, "d" + std::to_string(revision));
  const auto newest = catalog.list_versions("arn:a", 0, 1);
  ASSERT_EQ(newest.size(), 1U);
  EXPECT_EQ(newest[0].number, 3);
  EXPECT_EQ(catalog.list_versions("arn:a", 3, 5).at(0).number, 1);
  EXPECT_FALSE(catalog.publish_version({"arn:nobody", 0, 1, {}, {}}));
}

TEST_P(StoreContract, AnAliasKeepsTheVersionsItRoutesTo) {
  Catalog& catalog = store_->catalog();
  ASSERT_TRUE(catalog.create_machine(machine("a")));
  ASSERT_TRUE(catalog.publish_version(version(catalog.find_machine("arn:a")->revision)));
  ASSERT_TRUE(catalog.publish_version(version(catalog.update_machine(machine("a"))->revision)));
  AliasRow alias{"arn:a", "prod", "first", {{1, 40}, {2, 60}}, {1}, {1}};
  ASSERT_TRUE(catalog.create_alias(alias));
  EXPECT_FALSE(catalog.create_alias(alias));
  EXPECT_FALSE(catalog.create_alias({"arn:a", "beta", {}, {{9, 100}}, {1}, {1}}));
  ASSERT_TRUE(catalog.create_alias({"arn:a", "beta", {}, {{2, 100}}, {1}, {1}}));
  EXPECT_EQ(catalog.delete_version("arn:a", 2), (std::vector<std::string>{"prod", "beta"}));
  alias.routes = {{2, 100}};
  alias.created_at = alias.updated_at = {8};
  ASSERT_TRUE(catalog.update_alias(alias));
  const auto found = catalog.find_alias("arn:a", "prod");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->routes, alias.routes);
  EXPECT_EQ(found->description, "first");
  EXPECT_EQ(found->created_at.ms, 1);
  EXPECT_EQ(found->updated_at.ms, 8);
  EXPECT_EQ(found->arn(), "arn:a:prod");
  EXPECT_TRUE(catalog.delete_version("arn:a", 1).empty());
  alias.routes = {{1, 100}};
  EXPECT_FALSE(catalog.update_alias(alias));
  EXPECT_EQ(catalog.list_aliases("arn:a").at(1).name, "beta");
  EXPECT_TRUE(catalog.delete_alias("arn:a", "beta"));
  EXPECT_FALSE(catalog.delete_alias("arn:a", "beta"));
  EXPECT_EQ(catalog.list_aliases("arn:a").size(), 1U);
}

TEST_P(StoreContract, AMachineAndItsFirstVersionAreMadeInOneCommit) {
  Catalog& catalog = store_->catalog();
  const auto commits = store_->write_counts().commits;
  ASSERT_TRUE(catalog.create_machine(machine("a"), Catalog::FirstVersion{"first"}));
  EXPECT_LE(store_->write_counts().commits, commits + 1);
  const auto first = catalog.find_version("arn:a", 1);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->description, "first");
  EXPECT_EQ(first->created_at.ms, 5);
  EXPECT_EQ(first->revision, catalog.find_machine("arn:a")->revision);
  EXPECT_FALSE(catalog.create_machine(machine("a"), Catalog::FirstVersion{}));
  EXPECT_FALSE(catalog.find_version("arn:a", 2));
}

TEST_P(StoreContract, VersionsAndAliasesGoWithTheirMachine) {
  Catalog& catalog = store_->catalog();
  ASSERT_TRUE(catalog.create_machine(machine("a")));
  ASSERT_TRUE(catalog.publish_version(version(catalog.find_machine("arn:a")->revision)));
  ASSERT_TRUE(catalog.create_alias({"arn:a", "prod", {}, {{1, 100}}, {1}, {1}}));
  ASSERT_TRUE(catalog.delete_machine("arn:a"));
  ASSERT_TRUE(catalog.create_machine(machine("a")));
  EXPECT_TRUE(catalog.list_versions("arn:a", 0, kAllRows).empty());
  EXPECT_TRUE(catalog.list_aliases("arn:a").empty());
  EXPECT_EQ(catalog.publish_version(version(catalog.find_machine("arn:a")->revision))->number, 1);
}

TEST_P(StoreContract, TagsAreReplacedWholeAndGoWithTheirMachine) {
  Catalog& catalog = store_->catalog();
  ASSERT_TRUE(catalog.create_machine(machine("a")));
  catalog.set_tags("arn:a", {{"k", "1"}, {"l", "2"}});
  catalog.set_tags("arn:a", {{"k", "3"}});
  EXPECT_EQ(catalog.tags("arn:a"), (std::map<std::string, std::string>{{"k", "3"}}));
  catalog.delete_machine("arn:a");
  EXPECT_TRUE(catalog.tags("arn:a").empty());
}

}  // namespace
}  // namespace pawl::engine
