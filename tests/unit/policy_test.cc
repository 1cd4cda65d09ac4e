// C2SP tlog-policy: what a trust file may say, and how many witnesses its quorum wants.
#include <catch2/catch.hpp>

#include "ledger/core/receipt.h"
#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

const std::string log_line = "log ledger.example/tenant-1+fc6bee99+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n";  // seed 00..1f

std::string key_of(char letter) {
  return signer(std::string("witness.example/") + letter, static_cast<std::uint8_t>(letter), KeyType::cosignature).vkey().text();
}

// "witness a <vkey>\nwitness b <vkey>\n…"
std::string witnesses(std::string_view letters) {
  std::string lines;
  for (const char letter : letters) lines += std::string("witness ") + letter + ' ' + key_of(letter) + '\n';
  return lines;
}

// Which of the cosigners' sets satisfy the quorum, as a word: "ab,abc".
std::string satisfying(const std::string& text, std::string_view letters) {
  const auto policy = parse_policy(text);
  if (!policy) return policy.error().sentence;
  std::string sets;
  for (unsigned set = 0; set < 1u << letters.size(); ++set) {
    std::vector<SignedCheckpoint::Cosignature> cosignatures;
    std::string named;
    for (std::size_t i = 0; i < letters.size(); ++i)
      if (set >> i & 1) cosignatures.push_back({std::string("witness.example/") + letters[i], 1}), named += letters[i];
    if (policy->satisfied_by(cosignatures)) sets += (sets.empty() ? "" : ",") + (named.empty() ? "-" : named);
  }
  return sets;
}

// The error is malformed and begins with the line it stands on.
void refused(const std::string& text, const std::string& where) {
  const auto policy = parse_policy(text);
  INFO(text);
  REQUIRE_FALSE(policy);
  CHECK(policy.error().code == Errc::malformed);
  INFO(policy.error().sentence);
  CHECK(policy.error().sentence.starts_with(where));
}

}  // namespace

TEST_CASE("a policy names logs, witnesses, groups and a quorum, whatever stands around them") {
  const auto policy = parse_policy("# trust\n\n" + log_line + "\t \n  # more\n" + "witness\tw1  " + key_of('a') + " \twww.example\t\n" +
                                   "witness w2 " + key_of('b') + "\n" + "group both all w1 w2\n" + "quorum both");
  REQUIRE(policy);
  REQUIRE(policy->logs.size() == 1);
  CHECK(policy->logs[0].name == "ledger.example/tenant-1");
  REQUIRE(policy->witnesses.size() == 2);
  CHECK(policy->witnesses[0].first == "w1");
  CHECK(policy->witness_keys()[1].text() == key_of('b'));
  REQUIRE(policy->groups.size() == 1);
  CHECK(policy->groups[0].threshold == 2);
  CHECK(policy->quorum == "both");
}

TEST_CASE("a quorum of all, any or k counts its members") {
  const std::string abc = log_line + witnesses("abc");
  CHECK(satisfying(abc + "quorum b\n", "abc") == "b,ab,bc,abc");
  CHECK(satisfying(abc + "group g all a b c\nquorum g\n", "abc") == "abc");
  CHECK(satisfying(abc + "group g any a b c\nquorum g\n", "abc") == "a,b,ab,c,ac,bc,abc");
  CHECK(satisfying(abc + "group g 1 a b\nquorum g\n", "abc") == "a,b,ab,ac,bc,abc");
  CHECK(satisfying(abc + "group g 2 a b c\nquorum g\n", "abc") == "ab,ac,bc,abc");
  CHECK(satisfying(abc + "group g 3 a b c\nquorum g\n", "abc") == "abc");
  CHECK(satisfying(abc + "group g all a\nquorum g\n", "abc") == "a,ab,ac,abc");
  CHECK(satisfying(abc + "quorum none\n", "abc") == "");  // nothing witnesses under no quorum
  CHECK(satisfying(abc + "group g all a b c\nquorum a\n", "abc") == "a,ab,ac,abc");
}

TEST_CASE("groups of groups count as their members do") {
  const std::string text = log_line + witnesses("abcde") + "group X 2 a b c\ngroup Y any d e\ngroup both all X Y\nquorum both\n";
  CHECK(satisfying(text, "abcd") == "abd,acd,bcd,abcd");
  CHECK(satisfying(text, "abce") == "abe,ace,bce,abce");
  CHECK(satisfying(log_line + witnesses("abc") + "group X all a b\ngroup either any X c\nquorum either\n", "abc") == "ab,c,ac,bc,abc");
}

TEST_CASE("a cosignature by a key that the policy does not name counts for nobody") {
  const auto policy = parse_policy(log_line + witnesses("ab") + "group g any a b\nquorum g\n");
  REQUIRE(policy);
  CHECK_FALSE(policy->satisfied_by({{"witness.example/c", 1}, {"a", 1}, {"g", 1}, {"", 1}}));
  CHECK(policy->satisfied_by({{"witness.example/c", 1}, {"witness.example/b", 1}}));
  const auto two = parse_policy(log_line + witnesses("ab") + "group g 2 a b\nquorum g\n");
  CHECK_FALSE(two->satisfied_by({{"witness.example/a", 1}, {"witness.example/a", 2}}));
}

TEST_CASE("a policy's errors name their line") {
  const std::string ab = log_line + witnesses("ab");  // lines 1 to 3
  refused(ab + "quorum c\n", "policy line 4: no witness or group is called c");
  refused(ab + "quorum a\nquorum b\n", "policy line 5: a policy has one quorum");
  refused(ab + "\n# x\nquorum a\nquorum a\n", "policy line 7: a policy has one quorum");
  refused("quorum a\n" + ab, "policy line 1: no witness or group is called a");
  for (const char* line : {"group g any b c", "group g any g", "group g any none", "group g any h\ngroup h any a"})
    refused(ab + line, "policy line 4: no witness or earlier group");
  for (const char* line : {"group g 0 a b", "group g 3 a b", "group g 02 a b", "group g -1 a b", "group g +1 a b", "group g some a b",
                           "group g ALL a b", "group g 1.0 a b", "group g 18446744073709551616 a"})
    refused(ab + line, "policy line 4: wanted all, any or a number");
  for (const char* line : {"group g any", "group g", "group", "group g any\ngroup", "quorum", "quorum a b", "log", "witness", "witness c",
                           "log a b c", "Quorum a", "quorum: a", "grüße"})
    refused(ab + line, "policy line 4: wanted log, witness, group or quorum");
  for (const char* line : {"group a any b", "group none any a", "witness a ", "witness none "}) {
    const bool witness = std::string_view(line).starts_with("witness");
    refused(ab + line + (witness ? key_of('c') : ""), "policy line 4: the name ");
  }
  refused(ab + "witness c " + key_of('c') + " http://c.example more", "policy line 4: wanted log");
  CHECK(parse_policy("").error().sentence == "the policy names no log");
  CHECK(parse_policy(witnesses("a") + "quorum a\n").error().sentence == "the policy names no log");
  CHECK(parse_policy(ab).error().sentence == "the policy has no quorum line");
}

TEST_CASE("a policy's keys are of their own kind and stand there once") {
  const std::string head = log_line + witnesses("a");  // lines 1 and 2
  refused("log ledger+00000000+AAAA\n", "policy line 1: not a key");
  refused(head + "witness b witness.example/b+00000000+AAAA\n", "policy line 3: not a key");
  refused("\nlog " + key_of('a'), "policy line 2: a log has a key of type 01");
  refused(head + "witness b " + signer("b", 'b').vkey().text(), "policy line 3: a witness has a key of type 04");
  refused(head + log_line, "policy line 3: the log's key stands there already");
  refused(head + "log " + signer("ledger.example/tenant-2", 0x00).vkey().text(), "policy line 3: the log's key stands there already");
  // Else one cosignature would count as two witnesses.
  refused(head + "witness b " + key_of('a'), "policy line 3: the witness's key or its name stands there already");
  refused(head + "witness b " + signer("b.example", 'a', KeyType::cosignature).vkey().text(),
          "policy line 3: the witness's key or its name");
  refused(head + "witness b " + signer("witness.example/a", 'b', KeyType::cosignature).vkey().text(),
          "policy line 3: the witness's key or its name");
}

TEST_CASE("each name is a member at most once, so that no witness counts twice") {
  const std::string abc = log_line + witnesses("abc");  // lines 1 to 4
  refused(abc + "group g 2 a a\n", "policy line 5: a is a member twice");
  refused(abc + "group g 2 a b a\n", "policy line 5: a is a member twice");
  refused(abc + "group g any a b\ngroup h any b c\n", "policy line 6: b is a member twice");
  refused(abc + "group g any a b\ngroup h any g c\ngroup i any g\n", "policy line 7: g is a member twice");
  CHECK(satisfying(abc + "group g any a b\ngroup h all g c\nquorum g\n", "abc") == "a,b,ab,ac,bc,abc");
}

TEST_CASE("only a line that begins with # is a comment, and only tabs are control characters") {
  const std::string ab = log_line + witnesses("ab");
  CHECK(satisfying(ab + "\t#quorum b\n#\nquorum a\n", "ab") == "a,ab");
  refused(ab + "quorum a # b\n", "policy line 4: wanted log, witness, group or quorum");
  refused(ab + "group g any a # b\n", "policy line 4: no witness or earlier group is called #");
  for (const char control : {'\0', '\v', '\f', '\r', '\x1b', '\x7f'})
    refused(ab + "quorum a" + std::string(1, control) + "\n", "policy line 4: it holds control characters");
  refused(ab + "# a\rquorum a\n", "policy line 4: it holds control characters");
  CHECK(satisfying(log_line + "witness é " + key_of('a') + "\nquorum é\n", "a") == "a");
}
