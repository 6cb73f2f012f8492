#include "engine/jobs/archive.h"

#include "engine/jobs/tar_format.h"
#include "tests/engine/jobs/job_fixture.h"

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

class Archive : public ::testing::Test {
 protected:
  // One uncompressed member, as an attacker would write it.
  static std::string member(const std::string& name,
                            char type,
                            const std::string& link = "",
                            const std::string& bytes = "") {
    tar::Block block{};
    tar::put(block, tar::kName, name);
    tar::put_number(block, tar::kMode, 0644);
    tar::put_number(block, tar::kSize, bytes.size());
    block[tar::kType.at] = type;
    tar::put(block, tar::kLink, link);
    tar::put(block, tar::kMagic, std::string_view("ustar\00000", 8));
    tar::put_number(block, tar::kChecksum, tar::checksum_of(block));
    std::string text(block.data(), block.size());
    text += bytes;
    text.resize(static_cast<std::size_t>(tar::padded(text.size())));
    return text;
  }
  // What unpacking says; empty when it is content.
  std::string unpack(const std::string& bytes) {
    const std::string file = scratch_.path() + "/hostile.tar";
    write_text(file, bytes);
    const std::string into = scratch_.path() + "/into" + std::to_string(++count_);
    try {
      unpack_archive(file, into);
      return "";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }
  std::string into() const { return scratch_.path() + "/into" + std::to_string(count_); }

  ScratchFolder scratch_;
  int count_ = 0;
};

TEST_F(Archive, APackedFolderComesBackAsItWas) {
  const std::string model = scratch_.make("model");
  const std::string deep = "model/" + std::string(90, 'd') + "/" + std::string(90, 'e');
  const std::string deeper = deep + "/" + std::string(200, 'f');
  scratch_.make(deeper);
  scratch_.make("model/empty");
  const std::string binary("\0\xff\n", 3);
  write_text(model + "/weights.bin", binary + std::string(100'000, 'w'));
  write_text(scratch_.path() + "/" + deep + "/x", "split name");
  write_text(scratch_.path() + "/" + deeper + "/" + std::string(200, 'g'), "long name");
  write_text(model + "/run.sh", "#!/bin/sh\n");
  fs::permissions(model + "/run.sh", fs::perms::owner_all);
  fs::create_symlink("weights.bin", model + "/latest");
  fs::create_symlink("../weights.bin", model + "/empty/up");
  pack_folders({model}, scratch_.path() + "/model.tar.gz");
  const std::string again = scratch_.path() + "/again";
  unpack_archive(scratch_.path() + "/model.tar.gz", again);
  EXPECT_EQ(::system(("diff -r --no-dereference " + model + " " + again).c_str()), 0);
  EXPECT_EQ(::access((again + "/run.sh").c_str(), X_OK), 0);
  EXPECT_EQ(fs::read_symlink(again + "/latest"), "weights.bin");
}

TEST_F(Archive, TheSameContentsGiveTheSameBytesAndTarReadsThem) {
  const std::string model = scratch_.make("model");
  write_text(model + "/b", "2");
  write_text(model + "/a", "1");
  pack_folders({model}, scratch_.path() + "/one.tar.gz");
  fs::last_write_time(model + "/a", fs::file_time_type{});
  pack_folders({model}, scratch_.path() + "/two.tar.gz");
  EXPECT_EQ(text_of(scratch_.path() + "/one.tar.gz"), text_of(scratch_.path() + "/two.tar.gz"));
  EXPECT_EQ(
      ::system(("test \"$(tar tzf " + scratch_.path() + "/one.tar.gz | tr '\\n' ' ')\" = 'a b '")
                   .c_str()),
      0);
}

TEST_F(Archive, SeveralFoldersMergeAndAMissingOneIsEmpty) {
  const std::string one = scratch_.make("one");
  const std::string two = scratch_.make("two");
  write_text(one + "/same", "first");
  write_text(two + "/same", "second");
  write_text(two + "/other", "other");
  pack_folders({one, two, scratch_.path() + "/none"}, scratch_.path() + "/m.tar.gz");
  unpack_archive(scratch_.path() + "/m.tar.gz", scratch_.path() + "/out");
  EXPECT_EQ(text_of(scratch_.path() + "/out/same"), "first");
  EXPECT_EQ(text_of(scratch_.path() + "/out/other"), "other");
  pack_folders({scratch_.path() + "/none"}, scratch_.path() + "/e.tar.gz");
  unpack_archive(scratch_.path() + "/e.tar.gz", scratch_.path() + "/nothing");
  EXPECT_TRUE(fs::is_empty(scratch_.path() + "/nothing"));
}

TEST_F(Archive, ArchivesOfOtherToolsAreRead) {
  const std::string from =
      scratch_.make("from/" + std::string(120, 'a') + "/" + std::string(120, 'b'));
  write_text(from + "/file", "text");
  fs::create_hard_link(from + "/file", from + "/hard");
  for (const char* form : {"gnu", "pax", "posix"}) {
    const std::string file = scratch_.path() + "/" + form + ".tar.gz";
    ASSERT_EQ(
        ::system(("tar -C " + scratch_.path() + "/from -czf " + file + " --format=" + form + " .")
                     .c_str()),
        0);
    const std::string out = scratch_.path() + "/out-" + form;
    unpack_archive(file, out);
    EXPECT_EQ(::system(("diff -r " + scratch_.path() + "/from " + out).c_str()), 0) << form;
  }
}

TEST_F(Archive, NamesThatLeaveTheFolderAreRefused) {
  EXPECT_NE(unpack(member("/tmp/pawl-absolute", '0')), "");
  EXPECT_NE(unpack(member("../outside", '0')), "");
  EXPECT_NE(unpack(member("a/../../outside", '0')), "");
  EXPECT_FALSE(fs::exists(scratch_.path() + "/outside"));
  EXPECT_FALSE(fs::exists("/tmp/pawl-absolute"));
  const std::string pax = "20 path=../outside2\n";
  EXPECT_NE(unpack(member("p", 'x', "", pax) + member("fine", '0')), "");
  EXPECT_NE(unpack(member("l", 'L', "", "../outside3") + member("fine", '0')), "");
}

TEST_F(Archive, LinksThatLeadOutAreRefused) {
  EXPECT_NE(unpack(member("l", '2', "/etc")), "");
  EXPECT_NE(unpack(member("l", '2', "..")), "");
  EXPECT_NE(unpack(member("a/l", '2', "../../x")), "");
  EXPECT_NE(unpack(member("a/l", '2', "b/../../..")), "");
  EXPECT_NE(unpack(member("l", '1', "../../etc/passwd")), "");
  EXPECT_NE(unpack(member("l", '1', "/etc/passwd")), "");
  EXPECT_EQ(unpack(member("a/l", '2', "../x")), "");
  // A link that is fine by itself is still no way for another member.
  EXPECT_NE(unpack(member("d/", '5') + member("l", '2', "d") + member("l/f", '0', "", "x")), "");
  EXPECT_NE(unpack(member("l", '2', "x") + member("h", '1', "l")), "");
}

TEST_F(Archive, AMemberReplacesALinkAndDoesNotWriteThroughIt) {
  EXPECT_EQ(unpack(member("kept", '0', "", "kept") + member("l", '2', "kept") +
                   member("l", '0', "", "new")),
            "");
  EXPECT_EQ(text_of(into() + "/kept"), "kept");
  EXPECT_EQ(text_of(into() + "/l"), "new");
}

TEST_F(Archive, DevicesAndDamageAreRefused) {
  EXPECT_NE(unpack(member("null", '3')), "");
  EXPECT_NE(unpack(member("pipe", '6')), "");
  EXPECT_NE(unpack("this is no archive, but long enough to be one" + std::string(1000, 'x')), "");
  std::string whole = member("f", '0', "", std::string(2000, 'x'));
  EXPECT_EQ(unpack(whole), "");
  EXPECT_EQ(unpack(whole.substr(0, 1500)), "cannot unpack hostile.tar: it is cut short");
  whole[5] = 'y';
  EXPECT_EQ(unpack(whole), "cannot unpack hostile.tar: it is no tar file, or damaged");
  EXPECT_NE(unpack(member("p", 'x', "", "999999 path=x\n") + member("f", '0')), "");
  EXPECT_NE(unpack(member("p", 'x', "", "3 a=\n") + member("f", '0')), "");
}

TEST_F(Archive, ACutGzipFileIsNotTakenForAWholeOne) {
  const std::string model = scratch_.make("model");
  std::string noise;
  for (unsigned value = 1; noise.size() < 50'000; value = value * 1103515245U + 12345U)
    noise += static_cast<char>(value >> 16U);
  write_text(model + "/noise", noise);
  const std::string file = scratch_.path() + "/m.tar.gz";
  pack_folders({model}, file);
  write_text(file, text_of(file).substr(0, 30'000));
  EXPECT_THROW(unpack_archive(file, scratch_.path() + "/out"), std::runtime_error);
}

TEST_F(Archive, ContentsOverTheLimitAreRefused) {
  const std::string model = scratch_.make("model");
  write_text(model + "/a", std::string(1000, 'x'));
  pack_folders({model}, scratch_.path() + "/m.tar.gz");
  EXPECT_THROW(unpack_archive(scratch_.path() + "/m.tar.gz", scratch_.path() + "/out", {999, 10}),
               std::runtime_error);
  EXPECT_NO_THROW(
      unpack_archive(scratch_.path() + "/m.tar.gz", scratch_.path() + "/out", {1000, 10}));
}

}  // namespace
}  // namespace pawl::engine
