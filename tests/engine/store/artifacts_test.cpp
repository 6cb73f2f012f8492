// What every store promises of artifacts and their lineage.
#include "engine/store/artifacts.h"

#include "tests/engine/store/store_contract.h"

namespace pawl::engine {
namespace {

constexpr asl::Timestamp kNow{1'000};
constexpr asl::Timestamp kLater{2'000};

std::string digest_of(char digit) { return "sha256:" + std::string(64, digit); }

SeenArtifact seen(char digit, const std::string& uri = "", std::int64_t modified_at_ms = 7) {
  SeenArtifact artifact;
  artifact.facts = {digest_of(digit), 5, "text/csv", false};
  if (!uri.empty()) artifact.place = ArtifactPlace{uri, "e", modified_at_ms};
  return artifact;
}

LineageNode node(NodeKind kind, const std::string& name, std::int64_t made_at = 0) {
  LineageNode made;
  made.kind = kind;
  made.name = name;
  made.made_at = {made_at};
  made.execution_arn = "arn:of:" + name;
  return made;
}

using ListQuery = ArtifactTable::Query;

ListQuery where(std::string ListQuery::*member, const std::string& value) {
  ListQuery query;
  query.*member = value;
  return query;
}

class ArtifactTables : public StoreContract {
 protected:
  std::vector<std::string> listed(const ArtifactTable::Query& query) {
    std::vector<std::string> digits;
    for (const ArtifactRow& row : table_.list(query)) {
      digits.push_back(row.facts.digest.substr(7, 1));
    }
    return digits;
  }
  // "role relation name" of each.
  std::vector<std::string> around(char digit, bool upstream) {
    std::vector<std::string> texts;
    for (const auto& each : table_.neighbours(table_.find(digest_of(digit))->id, upstream, 100)) {
      texts.push_back(each.edge.role + " " + std::string(to_string(each.edge.relation)) + " " +
                      each.node.name);
    }
    return texts;
  }

  ArtifactTable& table_ = store_->artifacts();
};
INSTANTIATE_TEST_SUITE_P(Stores, ArtifactTables, ::testing::Values("memory", "sqlite"));

using Texts = std::vector<std::string>;

TEST_P(ArtifactTables, AnArtifactComesBackAsItWasRecordedFirst) {
  table_.record(seen('a', "s3://b/1"), kNow);
  SeenArtifact again = seen('a', "s3://b/2");
  again.facts.media_type = "text/plain";
  table_.record(again, kLater);
  const auto row = table_.find(digest_of('a'));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->facts.bytes, 5u);
  EXPECT_EQ(row->facts.media_type, "text/csv");
  EXPECT_EQ(row->recorded_at, kNow);
  EXPECT_EQ(row->uri, "s3://b/2");  // seen there last
  EXPECT_FALSE(row->facts.is_kept);
  EXPECT_EQ(table_.places(row->id, 10).size(), 2u);
  EXPECT_EQ(table_.places(row->id, 1).front().uri, "s3://b/2");
  EXPECT_FALSE(table_.find(digest_of('b')));
}

TEST_P(ArtifactTables, AnObjectIsKnownAgainByItsTagSizeAndTimeOnly) {
  table_.record(seen('a', "s3://b/k"), kNow);
  EXPECT_EQ(table_.find_at({"s3://b/k", "e", 7}, 5)->facts.digest, digest_of('a'));
  EXPECT_FALSE(table_.find_at({"s3://b/k", "f", 7}, 5));
  EXPECT_FALSE(table_.find_at({"s3://b/k", "e", 8}, 5));
  EXPECT_FALSE(table_.find_at({"s3://b/k", "e", 7}, 6));
  EXPECT_FALSE(table_.find_at({"s3://b/l", "e", 7}, 5));
}

TEST_P(ArtifactTables, LinksOfANodeAreReplacedAsAWholeAndTheSameTwiceAreOne) {
  const LineageNode job = node(NodeKind::kJob, "training/j");
  for (const asl::Timestamp now : {kNow, kLater}) {
    table_.set_links(
        job, Relation::kConsumedBy, {{seen('a', "s3://b/a"), "train"}, {seen('b'), "train"}}, now);
  }
  EXPECT_EQ(around('a', false), (Texts{"train CONSUMED_BY training/j"}));
  EXPECT_EQ(table_.neighbours(table_.find(digest_of('a'))->id, false, 9).front().edge.at, kNow);
  table_.set_links(job, Relation::kProduced, {{seen('c'), "model"}}, kNow);
  table_.set_links(job, Relation::kProduced, {{seen('d'), "model"}}, kLater);
  EXPECT_EQ(around('c', true), Texts{});
  EXPECT_EQ(around('d', true), (Texts{"model PRODUCED training/j"}));
  EXPECT_EQ(around('b', false).size(), 1u);
  EXPECT_EQ(table_.find(digest_of('d'))->producer, "training/j");
  EXPECT_EQ(table_.find(digest_of('d'))->execution_arn, "arn:of:training/j");
}

TEST_P(ArtifactTables, ModelsOfOneNameAreToldApartByTheirTime) {
  table_.set_links(
      node(NodeKind::kModel, "m", 1), Relation::kMadeInto, {{seen('a'), "model"}}, kNow);
  table_.set_links(
      node(NodeKind::kModel, "m", 2), Relation::kMadeInto, {{seen('a'), "model"}}, kNow);
  table_.add_served(
      node(NodeKind::kEndpoint, "e", 3), {{node(NodeKind::kModel, "m", 2), "all"}}, kNow);
  EXPECT_TRUE(table_.has_node(node(NodeKind::kModel, "m", 1)));
  EXPECT_FALSE(table_.has_node(node(NodeKind::kModel, "m", 3)));
  const auto models = table_.neighbours(table_.find(digest_of('a'))->id, false, 9);
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].node.made_at.ms, 1);
  EXPECT_TRUE(table_.neighbours(models[0].node.id, false, 9).empty());
  const auto endpoints = table_.neighbours(models[1].node.id, false, 9);
  ASSERT_EQ(endpoints.size(), 1u);
  EXPECT_EQ(endpoints[0].node.name, "e");
  EXPECT_EQ(endpoints[0].edge.role, "all");
  EXPECT_EQ(table_.neighbours(endpoints[0].node.id, true, 9).size(), 1u);
}

TEST_P(ArtifactTables, AreListedLastFirstByWhoMadeAndReadThemWhereTheyAreAndTheirType) {
  const LineageNode job = node(NodeKind::kJob, "training/j");
  table_.set_links(job, Relation::kConsumedBy, {{seen('a', "s3://b/in/1"), "train"}}, kNow);
  table_.set_links(job, Relation::kProduced, {{seen('b', "s3://b/out/1"), "model"}}, kNow);
  SeenArtifact text = seen('c', "s3://c/in/1");
  text.facts.media_type = "text/plain";
  table_.record(text, kNow);
  ArtifactTable::Query query;
  EXPECT_EQ(listed(query), (Texts{"c", "b", "a"}));
  query.limit = 1;
  EXPECT_EQ(listed(query), (Texts{"c"}));
  query.before = table_.find(digest_of('c'))->id;
  EXPECT_EQ(listed(query), (Texts{"b"}));
  EXPECT_EQ(listed(where(&ListQuery::producer, "training/j")), (Texts{"b"}));
  EXPECT_EQ(listed(where(&ListQuery::consumer, "training/j")), (Texts{"a"}));
  EXPECT_EQ(listed(where(&ListQuery::uri_prefix, "s3://b/")), (Texts{"b", "a"}));
  EXPECT_EQ(listed(where(&ListQuery::uri_prefix, "s3://b/in/1")), (Texts{"a"}));
  EXPECT_EQ(listed(where(&ListQuery::media_type, "text/plain")), (Texts{"c"}));
  ListQuery both = where(&ListQuery::producer, "training/j");
  both.uri_prefix = "s3://c/";
  EXPECT_EQ(listed(both), Texts{});
}

TEST_P(ArtifactTables, WhatIsKeptNoLongerIsForgottenUnlessMoreIsKnownOfIt) {
  for (const char digit : {'a', 'b', 'c'}) {
    SeenArtifact kept = seen(digit, digit == 'b' ? "s3://b/k" : "");
    kept.facts.is_kept = true;
    table_.record(kept, kNow);
  }
  table_.set_links(node(NodeKind::kJob, "j"), Relation::kConsumedBy, {{seen('c'), "train"}}, kNow);
  EXPECT_TRUE(table_.find(digest_of('c'))->facts.is_kept);
  for (const char digit : {'a', 'b', 'c', 'd'}) table_.set_not_kept(digest_of(digit));
  EXPECT_FALSE(table_.find(digest_of('a')));
  EXPECT_FALSE(table_.find(digest_of('b'))->facts.is_kept);
  EXPECT_EQ(around('c', false), (Texts{"train CONSUMED_BY j"}));
}

}  // namespace
}  // namespace pawl::engine
