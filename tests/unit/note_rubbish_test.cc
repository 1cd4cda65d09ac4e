// What is no key and no note: the shapes that the signed-note text rules out, and the named maxima.
#include <catch2/catch.hpp>

#include "ledger/core/note.h"
#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

constexpr std::string_view line =
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

bool parses(const std::string& note) {
  const auto parsed = parse_note(note);
  if (!parsed) CHECK(parsed.error().code == Errc::malformed);
  return parsed.has_value();
}

}  // namespace

TEST_CASE("a note's text ends at its last empty line") {
  const auto note = parse_note("first\n\nsecond\n\n" + std::string(line));
  REQUIRE(note);
  CHECK(note->text == "first\n\nsecond\n");
  CHECK(parse_note("\n\n" + std::string(line))->text == "\n");
}

TEST_CASE("a note without an empty line, a dash, a name, base64 or its last newline is refused") {
  const std::string good(line);
  REQUIRE(parses("text\n\n" + good));
  for (const std::string& tail : {std::string(), good.substr(0, good.size() - 1), good + "\n", good + " ", good + "more\n",
                                  "- " + good.substr(4), good.substr(4), " " + good, "—" + good.substr(4),
                                  std::string("— example.com/foo\n"), std::string("— example.com/foo \n"), std::string("—  Uw2QOkn8\n"),
                                  std::string("— a+b Uw2QOkn8\n"), std::string("— a  Uw2QOkn8\n"), std::string("— a Uw2QOkn8 \n"),
                                  std::string("— a Uw2QOk==\n"), std::string("— a Uw2QOg==\n"), std::string("— a Uw2QOkn\n"),
                                  std::string("— a Uw2QOkn_\n"), std::string("— a Uw2QOkn9=\n")}) {
    INFO(tail);
    CHECK_FALSE(parses("text\n\n" + tail));
  }
  CHECK(parses("text\n\n— a Uw2QOkk=\n"));
  CHECK_FALSE(parses("text\n\n— a Uw2QOkl=\n"));  // the same bytes with stray bits
  CHECK_FALSE(parses("text\n" + good));
  CHECK_FALSE(parses(good));
  CHECK_FALSE(parses(""));
  CHECK_FALSE(parses("\n\n"));
}

TEST_CASE("a note holds no control characters but newlines") {
  for (int c = 0; c < 0x20; ++c) {
    INFO(c);
    const std::string odd(1, static_cast<char>(c));
    CHECK(parses("te" + odd + "xt\n\n" + std::string(line)) == (c == '\n'));
    if (c != '\n') CHECK_FALSE(parses("text\n\n— na" + odd + "me Uw2QOkn8\n"));
  }
}

TEST_CASE("a note is valid UTF-8") {
  for (const char* text : {"ASCII", "\x7f", "é", "\u07ff\u0800\uffff", "\U00010000\U0010ffff", "\ud7ff\ue000", "è subito sera"}) {
    INFO(text);
    CHECK(is_utf8(text));
    CHECK(parses(std::string(text) + "\n\n" + std::string(line)));
  }
  for (const char* text : {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xc2 ", "\xe0\x9f\xbf", "\xe2\x80", "\xe2\x28\xa1",
                           "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                           "\xff", "\xfe", "a\xe9" "b"}) {
    INFO(hex(bytes_of(text)));
    CHECK_FALSE(is_utf8(text));
    CHECK_FALSE(parses(std::string(text) + "\n\n" + std::string(line)));
    CHECK_FALSE(is_key_name(text));
  }
}

TEST_CASE("a key name has neither a plus nor any of Unicode's spaces") {
  for (const char* name : {"a", "ledger.example/l/3q2d", "oid/1.3.6.1", "é", "名前", "\u200b", "\u180e"}) {
    INFO(name);
    CHECK(is_key_name(name));
  }
  for (const char* space : {"+", " ", "\t", "\n", "\v", "\f", "\r", "\x7f", "\xc2\x85", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002",
                            "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f",
                            "\u205f", "\u3000"}) {
    INFO(hex(bytes_of(space)));
    CHECK_FALSE(is_key_name(space));
    CHECK_FALSE(is_key_name("ledger" + std::string(space) + "example"));
    CHECK_FALSE(Signer::from_seed("ledger" + std::string(space), counting<32>(0)));
  }
  CHECK_FALSE(is_key_name(""));
}

TEST_CASE("a public or private key with any character raised, or cut anywhere, is refused") {
  const auto mangled = [](const std::string& key, const auto& parse) {
    REQUIRE(parse(key));
    for (std::size_t i = 0; i < key.size(); ++i) {
      std::string raised = key;
      ++raised[i];
      INFO(raised);
      CHECK_FALSE(parse(raised));
    }
    for (std::size_t from = 0; from < key.size(); ++from)
      for (std::size_t to = from; to <= key.size(); ++to)
        if (to - from < key.size() && parse(key.substr(from, to - from))) FAIL_CHECK(key.substr(from, to - from));
  };
  const auto is_vkey = [](const std::string& text) { return parse_vkey(text).has_value(); };
  mangled("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", is_vkey);
  mangled("witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X", is_vkey);
  mangled("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
          [](const std::string& text) { return Signer::parse(text).has_value(); });
}

TEST_CASE("a key whose id belongs to another name, type or key is refused") {
  for (const char* wrong : {"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",          // id
                            "PaulNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",           // name
                            "PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",          // type
                            "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  // length, with the id of it
                            "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",          // unknown type, with the id of it
                            "PeterNeumann+c74f20a3+", "PeterNeumann++ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "++", "+", ""}) {
    INFO(wrong);
    const auto key = parse_vkey(wrong);
    REQUIRE_FALSE(key);
    CHECK(key.error().code == Errc::malformed);
  }
  CHECK_FALSE(Signer::from_seed("name", counting<31>(0)));
  CHECK_FALSE(Signer::from_seed("name", counting<33>(0)));
  CHECK_FALSE(Signer::from_seed("", counting<32>(0)));
}

TEST_CASE("the same seed under another name or type is another key id") {
  CHECK(signer("a", 0).vkey().id() != signer("b", 0).vkey().id());
  CHECK(signer("a", 0).vkey().id() != signer("a", 0, KeyType::cosignature).vkey().id());
  CHECK(signer("a", 0).vkey().key == signer("b", 0).vkey().key);
  CHECK(Signer::generate("a").vkey().key != Signer::generate("a").vkey().key);
}

TEST_CASE("a private key survives its text form whatever its type") {
  for (const KeyType type : {KeyType::ed25519, KeyType::cosignature}) {
    const Signer original = signer("witness.example/w1", 0x20, type);
    const auto parsed = Signer::parse(original.private_text());
    REQUIRE(parsed);
    CHECK(parsed->vkey() == original.vkey());
    CHECK(parsed->sign(bytes_of("x")) == original.sign(bytes_of("x")));
    CHECK(parse_vkey(original.vkey().text()).value() == original.vkey());
  }
}

TEST_CASE("a note has at most 64 signatures and 65,536 bytes") {
  std::string note = "text\n\n";
  for (int i = 0; i < 64; ++i) note += line;
  CHECK(parse_note(note)->signatures.size() == 64);
  CHECK(parse_note(note + std::string(line)).error().code == Errc::too_large);

  const std::string tail = "\n\n" + std::string(line);
  CHECK(parse_note(std::string(65'536 - tail.size(), 'x') + tail));
  CHECK(parse_note(std::string(65'537 - tail.size(), 'x') + tail).error().code == Errc::too_large);
}

TEST_CASE("an Ed25519 signature holds for its key, its message and its own 64 bytes") {
  const Signer key = signer("key", 0);
  const Signature signature = key.sign(bytes_of("message"));
  CHECK(verify_ed25519(key.vkey().key, bytes_of("message"), signature));
  CHECK_FALSE(verify_ed25519(key.vkey().key, bytes_of("messagf"), signature));
  CHECK_FALSE(verify_ed25519(signer("key", 1).vkey().key, bytes_of("message"), signature));
  CHECK_FALSE(verify_ed25519(PublicKey{}, bytes_of("message"), signature));  // a point of small order
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Signature flipped = signature;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    if (verify_ed25519(key.vkey().key, bytes_of("message"), flipped)) FAIL_CHECK("bit " << bit);
  }
  // RFC 8032 §7.1, test 2.
  const auto seed = unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  const Signer published = Signer::from_seed("rfc8032", seed).value();
  CHECK(hex(published.vkey().key) == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  CHECK(hex(published.sign(Buffer{0x72})) ==
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}
