// Bearer tokens: what is signed, and everything that makes one invalid.
#include "api/token.h"
#include "tests/support/samples.h"

using namespace samples;
using namespace caseledger::api;

namespace {

constexpr std::int64_t today = 1'741'204'800;
constexpr std::string_view ledger = "ledger.example.org/l/1";
const std::vector<std::string> authorities{"ledger.example.org", "127.0.0.1:8420"};

Signer key() { return *Signer::from_seed("desk.example", counting<32>(0x40)); }

Token token() { return {std::string(ledger), "127.0.0.1:8420", today, today + 300, key().vkey().key, counting<16>(0xd0)}; }

std::string fault(std::string_view sent, std::int64_t at = today) {
  const auto checked = check_token(sent, ledger, authorities, at * 1'000'000);
  return checked ? "" : std::string(name(checked.error().fault));
}

template <class Change>
std::string fault_of(Change change) {
  Token changed = token();
  change(changed);
  return fault(sign_token(changed, key()));
}

std::string base64url(std::string text) {
  text = base64(bytes_of(text));
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text.substr(0, text.find('='));
}

}  // namespace

TEST_CASE("a token is the statement and its signature, line by line") {
  const Signer signer = key();
  const std::string text = "caseledger/token/v1\nledger.example.org/l/1\n127.0.0.1:8420\n1741204800\n1741205100\n" + base64(signer.vkey().key) + "\n0NHS09TV1tfY2drb3N3e3w==\n";
  CHECK(token().text() == text);
  const std::string sent = base64url(text + base64(signer.sign(bytes_of(text))) + '\n');
  CHECK(sign_token(token(), signer) == sent);
  const auto checked = check_token(sent, ledger, authorities, today * 1'000'000);
  REQUIRE(checked);
  CHECK(*checked == signer.vkey().key);
}

TEST_CASE("a new token is good from now on for five minutes, and no two are the same") {
  std::uint8_t random = 0;
  const auto fresh = [&] { return new_token(ledger, "ledger.example.org", key(), today * 1'000'000, [&](std::span<std::uint8_t> bytes) { std::ranges::fill(bytes, ++random); }); };
  const auto sent = fresh();
  CHECK(fault(sent) == "");
  CHECK(fault(sent, today + 299) == "");
  CHECK(fault(sent, today + 300) == "expired");
  CHECK(fault(sent, today - 60) == "");
  CHECK(fault(sent, today - 61) == "not_yet_valid");
  CHECK(fresh() != sent);
}

TEST_CASE("a token is for one ledger, one server and a while of at most fifteen minutes") {
  CHECK(fault_of([](Token& t) { t.origin = "ledger.example.org/l/2"; }) == "wrong_origin");
  CHECK(fault_of([](Token& t) { t.authority = "127.0.0.1"; }) == "wrong_authority");
  CHECK(fault_of([](Token& t) { t.authority = "evil.example"; }) == "wrong_authority");
  CHECK(fault_of([](Token& t) { t.authority = ""; }) == "wrong_authority");
  CHECK(fault_of([](Token& t) { t.expires = t.not_before + 900; }) == "");
  CHECK(fault_of([](Token& t) { t.expires = t.not_before + 901; }) == "too_long");
  CHECK(fault_of([](Token& t) { t.expires = t.not_before; }) == "too_long");
  CHECK(fault_of([](Token& t) { t.expires = t.not_before - 1; }) == "too_long");
  CHECK(fault_of([](Token& t) { t.not_before = today - 600, t.expires = today; }) == "expired");
  CHECK(fault_of([](Token& t) { t.not_before = today + 3600, t.expires = today + 3700; }) == "not_yet_valid");
  CHECK(fault_of([](Token& t) { t.key[0] ^= 1; }) == "bad_signature");
}

TEST_CASE("a changed token is refused at every byte") {
  const std::string sent = sign_token(token(), key());
  for (std::size_t at = 0; at < sent.size(); ++at) {
    std::string changed = sent;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    INFO(at);
    CHECK(fault(changed) != "");
    CHECK(fault(sent.substr(0, at)) == "malformed");
  }
}

TEST_CASE("rubbish is no token") {
  const std::string text = token().text(), signature = base64(key().sign(bytes_of(token().text())));
  CHECK(fault(base64url(text + signature + '\n')) == "");
  for (const std::string& rubbish : {std::string(), std::string("x"), std::string("=="), std::string("Bearer"), std::string("\0\n", 2), std::string(3000, 'A'), std::string(64, '-'), base64url("caseledger/token/v1\n"),
                                     base64url(text), base64url(text + signature), base64url(text + signature + "\n\n"), base64url('\n' + text + signature + '\n'),
                                     base64url("caseledger/session/v1" + text.substr(text.find('\n')) + signature + '\n'), sign_token(token(), key()) + "=", sign_token(token(), key()) + "\n"}) {
    INFO(rubbish);
    CHECK(fault(rubbish) == "malformed");
  }
  const auto with_line = [&](std::size_t line, const std::string& said) {
    std::string out;
    std::size_t n = 0;
    for (std::size_t from = 0; from < text.size(); ++n) {
      const auto end = text.find('\n', from);
      out += (n == line ? said : text.substr(from, end - from)) + '\n';
      from = end + 1;
    }
    return base64url(out + base64(key().sign(bytes_of(out))) + '\n');
  };
  CHECK(fault(with_line(3, "1741204800")) == "");
  for (const char* number : {"", "-1", "+1741204800", "01741204800", "1741204800.0", "0x10", "99999999999999999999", "18446744073709551615", "now"})
    for (const std::size_t line : {3, 4}) CHECK(fault(with_line(line, number)) == "malformed");
  for (const char* bytes : {"", "AA==", "not base64"})
    for (const std::size_t line : {5, 6}) CHECK(fault(with_line(line, bytes)) == "malformed");
}
