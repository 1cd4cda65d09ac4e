// Keys, notes, checkpoints and cosignatures against the published C2SP vectors, byte for byte.
#include "ledger/core/note.h"

#include <catch2/catch.hpp>

#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

constexpr std::string_view example_vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view example_note =
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

// The deterministic vector: log seed 00..1f, witness seed 20..3f.
constexpr std::string_view log_vkey = "ledger.example/tenant-1+fc6bee99+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
constexpr std::string_view witness_vkey = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
constexpr std::string_view three_lines = "ledger.example/tenant-1\n3\ncuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI=\n";
constexpr std::string_view log_line =
    "— ledger.example/tenant-1 /GvumShYJNmDke9UR+iHF2i7JbU0kaYmCWjr7Hp3FyA0vlqF6BYolhPlBFuUXEh4ffoIIiOqlPP4vSxuSxtKJvoOIA0=\n";
constexpr std::string_view witness_line =
    "— witness.example/w1 IDJKvgAAAABlU/EA3iSP6fzhaXfYukId4TdNjNlz3cBFCov8DGLeIAdGxD83z2U6AROnXjQhaxgKQ296T2rKNcEsZOOs4k1Y7u/NAw==\n";

Vkey vkey(std::string_view text) {
  auto key = parse_vkey(text);
  REQUIRE(key);
  return *key;
}

Signer log_key() { return signer("ledger.example/tenant-1", 0x00); }
Signer witness_key() { return signer("witness.example/w1", 0x20, KeyType::cosignature); }

// Signed by the log's true key whatever the text says: what is refused then is the text.
std::string signed_by_log(std::string_view text) { return std::string(text) + '\n' + sign_note(text, log_key()).line(); }

Errc refusal(std::string_view note, std::span<const Vkey> witnesses = {}) {
  const auto opened = open_checkpoint(note, vkey(log_vkey), witnesses);
  REQUIRE_FALSE(opened);
  return opened.error().code;
}

void check_signature(const Note& note, const Vkey& key) {
  REQUIRE(note.signatures.size() == 1);
  CHECK(note.signatures[0].name == key.name);
  CHECK(note.signatures[0].key_id == key.id());
  REQUIRE(note.signatures[0].blob.size() == 64);
  Signature signature;
  std::copy(note.signatures[0].blob.begin(), note.signatures[0].blob.end(), signature.begin());
  CHECK(verify_ed25519(key.key, bytes_of(note.text), signature));
}

}  // namespace

TEST_CASE("the signed-note example opens, and its key and its line are written as they were read") {
  const Vkey key = vkey(example_vkey);
  CHECK(key.name == "example.com/foo");
  CHECK(key.id() == 0x530d903a);
  CHECK(key.type == KeyType::ed25519);
  CHECK(key.text() == example_vkey);
  const auto note = parse_note(example_note);
  REQUIRE(note);
  CHECK(note->text == "This is an example message.\n");
  check_signature(*note, key);
  CHECK(note->text + '\n' + note->signatures[0].line() == example_note);
}

TEST_CASE("the private key of the Go documentation signs what the documentation shows") {
  constexpr std::string_view private_key = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
  constexpr std::string_view text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  auto parsed = Signer::parse(private_key);
  REQUIRE(parsed);
  CHECK(parsed->vkey().text() == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  CHECK(parsed->private_text() == private_key);
  const std::string line = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  CHECK(sign_note(text, *parsed).line() == line);
  Signer moved = std::move(*parsed);
  CHECK(sign_note(text, moved).line() == line);
  moved = signer("other", 1);
  CHECK(moved.vkey().name == "other");
}

TEST_CASE("the Tessera checkpoint of size 15 opens") {
  const Vkey key = vkey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");
  const auto opened = open_checkpoint(
      "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n"
      "— example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n",
      key);
  REQUIRE(opened);
  CHECK(opened->checkpoint == Checkpoint{"example.com/log/testdata", 15, hash64("rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=")});
  CHECK(opened->cosignatures.empty());
}

TEST_CASE("the litewitness checkpoints open under key 5202289b") {
  const std::string origin = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
  const Vkey key{origin, KeyType::ed25519,
                 exactly<32>(from_hex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f")).value()};
  CHECK(key.id() == 0x5202289b);
  const std::tuple<std::uint64_t, std::string, std::string> checkpoints[] = {
      {1, "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
       "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY="},
      {3, "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
       "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go="},
      {5, "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
       "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww="}};
  for (const auto& [size, root, signature] : checkpoints) {
    const auto opened =
        open_checkpoint(origin + '\n' + std::to_string(size) + '\n' + root + "\n\n— " + origin + ' ' + signature + '\n', key);
    REQUIRE(opened);
    CHECK(opened->checkpoint == Checkpoint{origin, size, hash64(root)});
  }
}

TEST_CASE("the deterministic vector is reproduced from its seeds, cosignature included") {
  CHECK(log_key().vkey().text() == log_vkey);
  CHECK(witness_key().vkey().text() == witness_vkey);
  const Checkpoint checkpoint{"ledger.example/tenant-1", 3, hash64("cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI=")};
  CHECK(checkpoint.text() == three_lines);
  CHECK(parse_checkpoint_text(three_lines).value() == checkpoint);
  CHECK(sign_checkpoint(checkpoint, log_key()) == std::string(three_lines) + '\n' + std::string(log_line));
  CHECK(cosign_note(checkpoint.text(), witness_key(), 1'700'000'000).line() == witness_line);

  const Vkey witness = vkey(witness_vkey);
  const auto opened =
      open_checkpoint(std::string(three_lines) + '\n' + std::string(log_line) + std::string(witness_line), vkey(log_vkey), {&witness, 1});
  REQUIRE(opened);
  CHECK(opened->checkpoint == checkpoint);
  REQUIRE(opened->cosignatures.size() == 1);
  CHECK(opened->cosignatures[0].witness == "witness.example/w1");
  CHECK(opened->cosignatures[0].unix_seconds == 1'700'000'000);
}

TEST_CASE("a checkpoint with one bit changed never shows another content, and loses at most an unrecognised cosignature") {
  const std::string whole = std::string(three_lines) + '\n' + std::string(log_line) + std::string(witness_line);
  const std::size_t name_at = whole.find("witness.example"), blob_at = whole.find("IDJKvg"), id_digits = 6;
  const Vkey witness = vkey(witness_vkey);
  const auto original = open_checkpoint(whole, vkey(log_vkey), {&witness, 1}).value();
  int unrecognised = 0;
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ 1 << bit);
      const auto opened = open_checkpoint(flipped, vkey(log_vkey), {&witness, 1});
      if (!opened) continue;
      INFO("byte " << at << ", bit " << bit);
      REQUIRE(opened->checkpoint == original.checkpoint);
      REQUIRE(opened->cosignatures.empty());
      REQUIRE(at >= name_at);  // the key's name or its id no longer are the witness's
      REQUIRE(at < blob_at + id_digits);
      ++unrecognised;
    }
  CHECK(unrecognised > 0);
}

TEST_CASE("a checkpoint of any other than three lines is refused even when the log has signed it") {
  const std::string lines(three_lines);
  REQUIRE(open_checkpoint(signed_by_log(lines), vkey(log_vkey)));
  CHECK(refusal(signed_by_log(lines + "extension\n")) == Errc::malformed);
  CHECK(refusal(signed_by_log(lines + "\n")) == Errc::malformed);
  CHECK(refusal(signed_by_log(lines + "\nfour\n")) == Errc::malformed);
  CHECK(refusal(signed_by_log("ledger.example/tenant-1\n3\n")) == Errc::malformed);
  CHECK(refusal(signed_by_log("ledger.example/tenant-1\n\n" + lines)) == Errc::malformed);
  CHECK(refusal(signed_by_log("\n")) == Errc::malformed);
}

TEST_CASE("a size is a plain decimal and a root is canonical base64 of 32 bytes") {
  const auto parses = [](std::string_view size, std::string_view root) {
    return parse_checkpoint_text("o\n" + std::string(size) + '\n' + std::string(root) + '\n').has_value();
  };
  const std::string root = "cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI=";
  CHECK(parses("3", root));
  CHECK(parses("0", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
  CHECK(parses("18446744073709551615", root));
  for (const char* size : {"03", "00", "", " 3", "3 ", "+3", "-3", "0x3", "3.0", "1e3", "18446744073709551616", "٣"}) {
    INFO(size);
    CHECK_FALSE(parses(size, root));
  }
  for (const char* wrong : {"", "cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wJ=", "cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI",
                            "cuDRdZjUDBQ_FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI=", " cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI=",
                            "cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI= ", "cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0w==",
                            "cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wIA", "cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI=\r"}) {
    INFO(wrong);
    CHECK_FALSE(parses("3", wrong));
  }
  CHECK_FALSE(parse_checkpoint_text("o\n3\n" + root));  // the last line has no end
  CHECK_FALSE(parse_checkpoint_text("\n3\n" + root + '\n'));
}

TEST_CASE("a checkpoint without the log's signature is refused, whoever else has signed") {
  const Vkey witness = vkey(witness_vkey);
  const std::string unsigned_text = std::string(three_lines) + '\n';
  CHECK(refusal(unsigned_text) == Errc::malformed);
  CHECK(refusal(unsigned_text + std::string(witness_line), {&witness, 1}) == Errc::verification_failed);
  const Signer namesake = signer("ledger.example/tenant-1", 0x77);  // the log's name, another key
  CHECK(refusal(unsigned_text + sign_note(three_lines, namesake).line()) == Errc::verification_failed);
  const Signer elsewhere = signer("ledger.example/tenant-2", 0x00);  // the log's key, another name
  CHECK(refusal(unsigned_text + sign_note(three_lines, elsewhere).line()) == Errc::verification_failed);
}

TEST_CASE("a log's key opens no checkpoint of another origin") {
  CHECK(refusal(signed_by_log("ledger.example/tenant-2\n3\ncuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI=\n")) == Errc::wrong_origin);
}

TEST_CASE("one bad signature by a known key refuses the whole note") {
  const Vkey witness = vkey(witness_vkey);
  const std::string signed_text = std::string(three_lines) + '\n' + std::string(log_line);
  NoteSignature bad_log = sign_note("other text\n", log_key()), bad_witness = cosign_note("other text\n", witness_key(), 1);
  CHECK(refusal(signed_text + bad_log.line()) == Errc::verification_failed);
  CHECK(refusal(signed_text + bad_witness.line(), {&witness, 1}) == Errc::verification_failed);
  CHECK(refusal(signed_text + std::string(witness_line) + bad_witness.line(), {&witness, 1}) == Errc::verification_failed);
  CHECK(open_checkpoint(signed_text + bad_witness.line(), vkey(log_vkey)));  // not asked for, so unknown

  for (const std::size_t size : {1, 63, 65, 72}) {
    bad_log.blob.resize(size);
    CHECK(refusal(std::string(three_lines) + '\n' + bad_log.line()) == Errc::malformed);
  }
  for (const std::size_t size : {1, 64, 71, 73, 80}) {
    bad_witness.blob.resize(size);
    CHECK(refusal(signed_text + bad_witness.line(), {&witness, 1}) == Errc::malformed);
  }
  NoteSignature untimed = sign_note(three_lines, witness_key());  // a log's kind of signature in a witness's place
  CHECK(refusal(signed_text + untimed.line(), {&witness, 1}) == Errc::malformed);
}

TEST_CASE("a cosignature binds its time, which lies within 63 bits, and a witness counts once") {
  const Vkey witness = vkey(witness_vkey);
  const std::string signed_text = std::string(three_lines) + '\n' + std::string(log_line);
  NoteSignature moved = cosign_note(three_lines, witness_key(), 1'700'000'000);
  store_be<std::uint64_t>(moved.blob.data(), 1'700'000'001);
  CHECK(refusal(signed_text + moved.line(), {&witness, 1}) == Errc::verification_failed);

  constexpr std::uint64_t latest = (std::uint64_t{1} << 63) - 1;
  CHECK(open_checkpoint(signed_text + cosign_note(three_lines, witness_key(), latest).line(), vkey(log_vkey), {&witness, 1})
            ->cosignatures.size() == 1);
  CHECK(refusal(signed_text + cosign_note(three_lines, witness_key(), latest + 1).line(), {&witness, 1}) == Errc::malformed);

  const std::string twice = signed_text + std::string(witness_line) + cosign_note(three_lines, witness_key(), 1'700'000'009).line();
  CHECK(open_checkpoint(twice, vkey(log_vkey), {&witness, 1})->cosignatures.size() == 1);
}

TEST_CASE("signatures of unknown keys and of unknown types are ignored") {
  const Vkey witness = vkey(witness_vkey);
  NoteSignature quantum{"witness.example/w1", 0x12345678, Buffer(8 + 2420, 0xa5)};  // ML-DSA-44 (0x06), by the same name
  NoteSignature stranger{"stranger.example", witness.id(), Buffer(72)};             // shares the id, not the name
  NoteSignature short_one{"log.example", 1, Buffer(1)};
  const std::string whole = std::string(three_lines) + '\n' + stranger.line() + std::string(log_line) + quantum.line() +
                            std::string(witness_line) + short_one.line();
  const auto opened = open_checkpoint(whole, vkey(log_vkey), {&witness, 1});
  REQUIRE(opened);
  CHECK(opened->checkpoint.text() == three_lines);
  CHECK(opened->cosignatures.size() == 1);
}
