// What is signed as text, what a request says, and the parameters of policies.
#include "api/query.h"
#include "api/token.h"
#include "api/url.h"
#include "ledger/core/receipt.h"
#include "ledger/rules/canonical_json.h"
#include "ledger/rules/retention_policy.h"
#include "ledger/rules/triage_policy.h"
#include "tests/fuzz/parts.h"

namespace fuzz {

using namespace caseledger;

namespace {

const std::string origin = "ledger.example.org/l/fuzz";

const Signer& log_key() {
  static const Signer key = Signer::from_seed(origin, std::array<std::uint8_t, 32>{2}).value();
  return key;
}

Checkpoint checkpoint() { return {origin, 1, leaf_hash(bytes_of("leaf"))}; }

void told(const auto& result) {
  if (!result) expect(!result.error().sentence.empty(), "a refusal without a sentence");
}

}  // namespace

void run_note(Bytes input) {
  const std::string_view text = text_of(input);
  told(parse_note(text));
  told(parse_policy(text));
  told(open_checkpoint(text, log_key().vkey()));
  if (const auto vkey = parse_vkey(text)) expect(parse_vkey(vkey->text()).value() == *vkey, "a key is written as another");  // its id may be read in capitals
  if (const auto read = parse_checkpoint_text(text)) expect(read->text() == text, "a checkpoint is written otherwise than it was read");
  if (const auto tile = parse_tile_path(text)) expect(tile_path(*tile) == "tile/" + std::string(text), "a tile's path is written otherwise than it was read");
  if (const auto tile = parse_entries_path(text)) expect(entries_path(tile->index, tile->width) == "tile/entries/" + std::string(text), "a tile's path is written otherwise than it was read");
}

void run_receipt(Bytes input) {
  const auto receipt = parse_receipt(text_of(input));
  told(receipt);
  if (!receipt) return;
  expect(receipt->text() == text_of(input), "a receipt is written otherwise than it was read");
  static const Policy policy = parse_policy("log " + log_key().vkey().text() + "\nquorum none\n").value();
  told(verify_receipt(*receipt, policy));
}

void run_token(Bytes input) {
  const std::vector<std::string> authorities{"ledger.example.org:8420"};
  const auto key = api::check_token(text_of(input), origin, authorities, Micros{1'700'000'000'000'000});
  told(key);
}

void run_request(Bytes input) {
  const std::string_view text = text_of(input);
  told(api::parse_url(text));
  told(api::percent_decoded(text));
  (void)parse_uuid(text);
  (void)from_base64(text);
  (void)from_hex(text);
  (void)from_decimal(text);
  if (const auto time = parse_rfc3339(text)) expect(parse_rfc3339(to_rfc3339(time->at, time->offset_minutes)).value().at == time->at, "a time is written as another");
}

void run_policy(Bytes input) {
  const std::string_view text = text_of(input);
  const auto value = parse_canonical_json(text);
  told(value);
  if (value) expect(canonical_json(*value).value() == text, "canonical JSON is written otherwise than it was read");
  told(rules::TriagePolicy::parse(text));
  const auto retention = rules::RetentionPolicy::parse(text);
  told(retention);
  if (retention) (void)retention->preserved_until("18-usc-2258a", "US-TX", Micros{1'700'000'000'000'000});
}

std::vector<Buffer> note_seeds() {
  const auto witness = Signer::from_seed("witness.example.org", std::array<std::uint8_t, 32>{3}).value();
  const std::string text = checkpoint().text();
  std::string cosigned = sign_checkpoint(checkpoint(), log_key()) + cosign_note(text, witness, 1'700'000'000).line();
  return {seed(sign_checkpoint(checkpoint(), log_key())), seed(cosigned), seed(text), seed(log_key().vkey().text()), seed("0/x001/234.p/56"), seed("x001/234"),
          seed("log " + log_key().vkey().text() + "\nwitness w1 " + witness.vkey().text() + "\ngroup g 1 w1\nquorum g\n")};
}

std::vector<Buffer> receipt_seeds() {
  const auto author = Signer::from_seed("author.example.org", std::array<std::uint8_t, 32>{1}).value();
  Receipt receipt;
  receipt.entry.count = 1;
  receipt.entry.author = author.vkey().key;
  receipt.checkpoint = sign_checkpoint({origin, 1, leaf_hash(receipt.entry.encode())}, log_key());
  std::vector<Buffer> seeds{seed(receipt.text())};
  receipt.path.resize(5);
  receipt.inner = Receipt::Inner{};
  seeds.push_back(seed(receipt.text()));
  return seeds;
}

std::vector<Buffer> token_seeds() {
  const auto author = Signer::from_seed("author.example.org", std::array<std::uint8_t, 32>{1}).value();
  const std::string text = api::new_token(origin, "ledger.example.org:8420", author, Micros{1'700'000'000'000'000}, [](std::span<std::uint8_t> bytes) { std::ranges::fill(bytes, std::uint8_t{5}); });
  return {seed(text)};
}

std::vector<Buffer> request_seeds() {
  return {seed("https://ledger.example.org:8420/v1/events?from=1"), seed("from=1&limit=2&type=Case%4fpened"), seed("018cc251-f400-7b20-a3b1-63c23b0f8ff2"),
          seed("2024-02-29T23:59:60.123456-05:30"), seed("18446744073709551615"), seed("c2VhbGVk")};
}

std::vector<Buffer> policy_seeds() {
  return {seed(R"({"bands":[{"at_least_micros":80000000,"due_minutes":60,"priority":"P0"},{"priority":"P4"}],"clauses":[{"code":"imminent","reasons":["abduction"],"requesters":["le"]}],)"
               R"("factors":[{"compare":"lt","feature":"age_years","points_micros":50000000,"value":12}]})"),
          seed(R"({"preservation":[{"basis":"18-usc-2258a","before":"2024-05-07","days":90},{"years":1}],"retention":[{"jurisdiction":"US-CA","kind":"tip","years":2}]})"),
          seed("{\"a\":[-9007199254740991,true,null,\"\\u000f\\n\xe2\x82\xac\"]}")};
}

}  // namespace fuzz
