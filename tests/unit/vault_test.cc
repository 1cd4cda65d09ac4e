// The vault: keys that stay, keys that are erased, and what a crash between any two steps leaves.
#include "ledger/store/vault.h"

#include <sodium.h>

#include "tests/support/audits.h"

#include <catch2/catch.hpp>

using namespace caseledger;
using namespace samples;
using store::Vault;

namespace {

constexpr std::string_view origin = "ledger.example.org/l/vault";

SubjectId subject(std::uint8_t number, std::uint16_t bucket) {
  SubjectId id{};
  id.bytes[0] = number;
  id.bytes[14] = static_cast<std::uint8_t>(bucket >> 8);
  id.bytes[15] = static_cast<std::uint8_t>(bucket);
  return id;
}

std::unique_ptr<Vault> open(const fs::path& folder, bool read_only = false) {
  auto vault = Vault::open(folder, std::string(origin), read_only);
  INFO((vault ? "" : vault.error().sentence));
  REQUIRE(vault);
  return std::move(*vault);
}

SubjectKey obtain(Vault& vault, const SubjectId& id) {
  const auto key = vault.obtain(id);
  REQUIRE(key);
  REQUIRE(vault.sync());
  return *key;
}

bool is_gone(const Vault& vault, const SubjectId& id) {
  const auto found = vault.find(id);
  return !found && found.error().code == Errc::not_found && vault.erased(id);
}

bool holds(const fs::path& folder, Bytes bytes) {
  for (const auto& file : files_below(folder))
    if (read(folder / file).find(text_of(bytes)) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("an erased key is given to nobody again, and the others of its bucket stay", "[vault]") {
  const Scratch scratch;
  const auto folder = scratch / "vault";
  const SubjectId gone = subject(1, 7), neighbour = subject(2, 7), stranger = subject(3, 8), never = subject(4, 7);
  SubjectKey near{}, far{};
  {
    const auto vault = open(folder);
    obtain(*vault, gone);
    near = obtain(*vault, neighbour);
    far = obtain(*vault, stranger);
    const std::string old_root = read(folder / "root");
    CHECK(vault->erase(std::vector{gone, never}).value() == 1);
    CHECK(read(folder / "root") != old_root);
    CHECK_FALSE(holds(folder, bytes_of(old_root)));
  }
  for (const bool read_only : {false, true}) {
    const auto vault = open(folder, read_only);
    CHECK(is_gone(*vault, gone));
    CHECK(is_gone(*vault, never));
    CHECK(vault->find(neighbour).value() == near);
    CHECK(vault->find(stranger).value() == far);
    CHECK(vault->size() == 2);
  }
  const auto vault = open(folder);
  for (const auto& id : {gone, never}) CHECK(vault->obtain(id).error().code == Errc::not_permitted);
  CHECK(vault->erase(std::vector{gone, never, gone}).value() == 2);  // had one once, counted as often as named
  CHECK(vault->find(neighbour).value() == near);
  const SubjectKey fresh = obtain(*vault, subject(5, 7));
  CHECK(open(folder, true)->find(subject(5, 7)).value() == fresh);
}

TEST_CASE("whatever step of an erasure a crash follows, opening again leaves it done, and nothing that opens the old keys", "[vault]") {
  const Scratch scratch;
  const auto folder = scratch / "vault";
  const std::vector<SubjectId> gone{subject(1, 7), subject(2, 7), subject(3, 4095)};
  const std::vector<SubjectId> staying{subject(4, 7), subject(5, 4095), subject(6, 9)};
  auto vault = open(folder);
  std::vector<SubjectKey> old_keys, kept;
  for (const auto& id : gone) old_keys.push_back(obtain(*vault, id));
  for (const auto& id : staying) kept.push_back(obtain(*vault, id));
  const std::string old_root = read(folder / "root");

  std::vector<fs::path> left;
  const auto watch = [&](Vault::Step step) {
    left.push_back(scratch / ("after-" + std::to_string(static_cast<int>(step))));
    fs::copy(folder, left.back());
  };
  REQUIRE(vault->erase(gone, watch).value() == 3);
  vault.reset();
  REQUIRE(left.size() == 6);
  for (const auto& crashed : left) {
    INFO(crashed);
    {
      const auto beside = open(crashed, true);  // before anything is mended
      for (const auto& id : gone) CHECK(is_gone(*beside, id));
      for (std::size_t i = 0; i < staying.size(); ++i) CHECK(beside->find(staying[i]).value() == kept[i]);
    }
    const auto again = open(crashed);
    for (const auto& id : gone) CHECK(is_gone(*again, id));
    for (std::size_t i = 0; i < staying.size(); ++i) CHECK(again->find(staying[i]).value() == kept[i]);
    CHECK_FALSE(holds(crashed, bytes_of(old_root)));
    CHECK_FALSE(fs::exists(crashed / "root.next"));
    for (const auto& key : old_keys) CHECK_FALSE(holds(crashed, key));
    CHECK(again->erase(gone).value() == 3);
    obtain(*again, subject(9, 7));
  }
  CHECK(read(left[0] / "root") != old_root);
  CHECK_FALSE(holds(folder, bytes_of(old_root)));
}

TEST_CASE("a write that a crash tore is as if it had not been, or is finished", "[vault]") {
  const Scratch scratch;
  const auto folder = scratch / "vault";
  const SubjectId gone = subject(1, 7), staying = subject(2, 7);
  auto vault = open(folder);
  obtain(*vault, gone);
  const SubjectKey kept = obtain(*vault, staying);
  const auto told = scratch / "told", rewrapped = scratch / "rewrapped";
  const auto watch = [&](Vault::Step step) {
    if (step == Vault::Step::told) fs::copy(folder, told);
    if (step == Vault::Step::rewrapped) fs::copy(folder, rewrapped);
  };
  REQUIRE(vault->erase(std::vector{gone}, watch));
  for (std::size_t cut = 1; cut <= 24; cut += 4) {
    const auto torn = scratch / ("told-" + std::to_string(cut));
    fs::copy(told, torn);
    fs::resize_file(torn / "erased", 24 - cut);
    CHECK(open(torn)->find(gone));  // nobody was told that it is erased
    CHECK(fs::file_size(torn / "erased") == 0);
  }
  for (std::size_t cut = 1; cut <= 96; cut += 13) {
    const auto torn = scratch / ("rewrapped-" + std::to_string(cut));
    fs::copy(rewrapped, torn);
    fs::resize_file(torn / "subjects", fs::file_size(torn / "subjects") - cut);
    const auto again = open(torn);
    CHECK(is_gone(*again, gone));
    CHECK(again->find(staying).value() == kept);
  }
}

TEST_CASE("a damaged neighbour keeps nobody from being erased", "[vault]") {
  const Scratch scratch;
  const auto folder = scratch / "vault";
  auto vault = open(folder);
  obtain(*vault, subject(1, 7));
  obtain(*vault, subject(2, 7));
  vault.reset();
  std::string records = read(folder / "subjects");
  records[60] = static_cast<char>(records[60] ^ 1);
  write(folder / "subjects", records);
  vault = open(folder);
  CHECK(vault->erase(std::vector{subject(2, 7)}).value() == 1);
  CHECK(vault->find(subject(1, 7)).error().code == Errc::verification_failed);
  CHECK(is_gone(*vault, subject(2, 7)));
}

TEST_CASE("records that erasures left behind are cleared away on opening", "[vault]") {
  const Scratch scratch;
  const auto folder = scratch / "vault";
  std::map<std::uint8_t, SubjectKey> keys;
  {
    const auto vault = open(folder);
    for (std::uint8_t i = 0; i < 60; ++i) keys[i] = obtain(*vault, subject(i, 7));
    for (std::uint8_t i = 0; i < 40; ++i) REQUIRE(vault->erase(std::vector{subject(i, 7)}).value() == 1);
    CHECK(fs::file_size(folder / "subjects") > 1024 * 96);
  }
  for (int round = 0; round < 2; ++round) {
    const auto vault = open(folder);
    CHECK(fs::file_size(folder / "subjects") == 20 * 96);
    for (std::uint8_t i = 0; i < 40; ++i) CHECK(is_gone(*vault, subject(i, 7)));
    for (std::uint8_t i = 40; i < 60; ++i) CHECK(vault->find(subject(i, 7)).value() == keys.at(i));
  }
}

TEST_CASE("a vault's copy holds its keys under a root of its own, and the copy before it is overwritten", "[vault]") {
  const Scratch scratch;
  const auto folder = scratch / "vault", copy = scratch / "vault.copy", restored = scratch / "restored";
  const auto vault = open(folder);
  const SubjectId gone = subject(1, 7), staying = subject(2, 7);
  const SubjectKey erased_key = obtain(*vault, gone), kept = obtain(*vault, staying);
  REQUIRE(open(folder, true)->export_to(copy));
  CHECK((fs::status(copy).permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
  CHECK(read(copy).find(read(folder / "root")) == std::string::npos);
  fs::create_hard_link(copy, scratch / "first");
  REQUIRE(Vault::import_from(copy, restored));
  CHECK(open(restored)->find(gone).value() == erased_key);

  REQUIRE(vault->erase(std::vector{gone}));
  REQUIRE(vault->export_to(copy));
  const std::string first = read(scratch / "first");
  CHECK(first == std::string(first.size(), '\0'));
  CHECK_FALSE(fs::exists(scratch / "vault.copy.old"));
  fs::remove_all(restored);
  REQUIRE(Vault::import_from(copy, restored));
  const auto again = open(restored);
  CHECK(is_gone(*again, gone));
  CHECK(again->find(staying).value() == kept);
  CHECK(Vault::import_from(copy, restored).error().code == Errc::usage);

  const std::string whole = read(copy);
  fs::remove_all(restored);
  for (std::size_t cut = 0; cut < whole.size(); cut += 50'021) {
    write(copy, whole.substr(0, cut));
    CHECK(Vault::import_from(copy, restored).error().code == Errc::malformed);
  }
  for (std::size_t at = 0; at < whole.size(); at += 30'011) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write(copy, changed);
    CHECK(Vault::import_from(copy, restored).error().code == Errc::malformed);
  }
  CHECK_FALSE(fs::exists(restored));
}
