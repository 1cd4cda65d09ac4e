// What is no receipt: every line of the tlog-proof text and every byte of its extra data, one wrong at a time.
#include <catch2/catch.hpp>

#include "ledger/core/receipt.h"
#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

const std::string header = "c2sp.org/tlog-proof@v1\n", checkpoint = "origin\n1\nroot\n\n— origin sig\n";
const std::string hash = base64(Hash{}.bytes) + "\n";

Entry entry_of(std::uint32_t count) {
  Entry entry;
  entry.count = count;
  return entry;
}

// The entry of a batch of three events, and what stands behind it.
std::string extra(std::string_view behind_in_hex = "", std::uint32_t count = 3) {
  Buffer bytes;
  append(bytes, entry_of(count).encode());
  append(bytes, unhex(behind_in_hex));
  return "extra " + base64(bytes) + "\n";
}

void refused(const std::string& text) {
  const auto receipt = parse_receipt(text);
  INFO(text);
  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().code == Errc::malformed);
}

}  // namespace

TEST_CASE("a receipt has its header, extra, index, path, an empty line and a checkpoint, in that order") {
  const auto good = parse_receipt(header + extra() + "index 7\n" + hash + hash + "\n" + checkpoint);
  REQUIRE(good);
  CHECK(good->index == EntryIndex{7});
  CHECK(good->path.size() == 2);
  CHECK(good->checkpoint == checkpoint);
  CHECK_FALSE(good->inner);
  for (const std::string& text :
       {std::string(), header, header + extra(), header + extra() + "index 0", header + extra() + "index 0\n",
        header + extra() + "index 0\n" + hash, extra() + "index 0\n\n" + checkpoint, header + "index 0\n\n" + checkpoint,
        header + "index 0\n" + extra() + "\n" + checkpoint, header + extra() + extra() + "index 0\n\n" + checkpoint,
        header + extra() + "\n" + checkpoint, header + extra() + hash + "\n" + checkpoint,
        "\n" + header + extra() + "index 0\n\n" + checkpoint, "c2sp.org/tlog-proof@v2\n" + extra() + "index 0\n\n" + checkpoint,
        "c2sp.org/tlog-proof@v1\r\n" + extra() + "index 0\n\n" + checkpoint, header + extra() + "index 0\n" + checkpoint,
        header + "extra \nindex 0\n\n" + checkpoint, header + "extra\nindex 0\n\n" + checkpoint,
        header + "Extra" + extra().substr(5) + "index 0\n\n" + checkpoint})
    refused(text);
}

TEST_CASE("a receipt's index is a plain decimal and its path canonical hashes") {
  for (const char* index : {"", "-1", "+1", "01", " 1", "1 ", "0x1", "18446744073709551616", "one"})
    refused(header + extra() + "index " + index + "\n\n" + checkpoint);
  for (const char* line : {"index\n", "index0\n", "index\t0\n", "INDEX 0\n"}) refused(header + extra() + line + "\n" + checkpoint);
  const std::string good = hash.substr(0, hash.size() - 1);
  for (const std::string& line :
       {good.substr(1), good + "A", good.substr(0, 42) + "B=", std::string("AAAA"), " " + good, good + " ", good + "\r", std::string("x")})
    refused(header + extra() + "index 0\n" + line + "\n\n" + checkpoint);
  CHECK(parse_receipt(header + extra() + "index 18446744073709551615\n\n")->checkpoint.empty());
}

TEST_CASE("a receipt's entry is of format 1, counts 1 to 1,024 events, and its event index lies among them") {
  const std::string tail = "index 0\n\n" + checkpoint;
  CHECK(parse_receipt(header + extra("", 1) + tail));
  CHECK(parse_receipt(header + extra("", 1024) + tail));
  refused(header + extra("", 0) + tail);
  refused(header + extra("", 1025) + tail);
  Buffer of_format_2;
  append(of_format_2, entry_of(1).encode());
  of_format_2[0] = 2;
  refused(header + "extra " + base64(of_format_2) + "\n" + tail);
  refused(header + "extra " + base64(Buffer(151)) + "\n" + tail);

  CHECK(parse_receipt(header + extra("00000000") + tail)->inner->index == 0);
  CHECK(parse_receipt(header + extra("02000000") + tail)->inner->index == 2);
  for (const char* index : {"03000000", "00000001", "ffffffff"}) refused(header + extra(index) + tail);
  for (const char* cut : {"00", "0000", "000000"}) refused(header + extra(cut) + tail);
}

TEST_CASE("a receipt's inner path is whole hashes") {
  const std::string tail = "index 0\n\n" + checkpoint, one(64, '0');
  CHECK(parse_receipt(header + extra("00000000" + one + one) + tail)->inner->path.size() == 2);
  for (const std::string& path : {std::string("00"), one.substr(2), one + "00", one + one.substr(2)})
    refused(header + extra("00000000" + path) + tail);
}

TEST_CASE("a receipt has at most 64 hashes a path and 131,072 bytes") {
  const auto with_paths = [](std::size_t inner, std::size_t outer) {
    std::string text = header + extra("00000000" + std::string(64 * inner, '0')) + "index 0\n";
    for (std::size_t i = 0; i < outer; ++i) text += hash;
    return text + "\n" + checkpoint;
  };
  CHECK(parse_receipt(with_paths(64, 64))->path.size() == 64);
  refused(with_paths(65, 64));
  refused(with_paths(64, 65));
  const std::string head = header + extra() + "index 0\n\n";
  CHECK(parse_receipt(head + std::string(128 * 1024 - head.size(), 'x')));
  CHECK(parse_receipt(head + std::string(128 * 1024 - head.size() + 1, 'x')).error().code == Errc::too_large);
}
