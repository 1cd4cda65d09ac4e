#include "ledger/core/receipt.h"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace caseledger {

namespace {
constexpr std::string_view header = "c2sp.org/tlog-proof@v1\n";
constexpr std::size_t path_hashes_max = 64;

std::unexpected<Error> malformed(std::string_view why) { return fail(Errc::malformed, "not a receipt: " + std::string(why)); }

Result<Hashes> hashes_of(Bytes bytes) {
  if (bytes.size() % 32 != 0 || bytes.size() / 32 > path_hashes_max) return malformed("the inner path is no list of hashes");
  Hashes hashes(bytes.size() / 32);
  for (std::size_t i = 0; i < hashes.size(); ++i) std::memcpy(hashes[i].bytes.data(), bytes.data() + 32 * i, 32);
  return hashes;
}
}  // namespace

std::string Receipt::text() const {
  const auto raw_entry = entry.encode();
  Buffer extra(raw_entry.begin(), raw_entry.end());
  if (inner) {
    append_le(extra, inner->index);
    for (const Hash& hash : inner->path) append(extra, hash.bytes);
  }
  std::string out(header);
  out += "extra " + base64(extra) + "\nindex " + std::to_string(index.value) + '\n';
  for (const Hash& hash : path) out += base64(hash.bytes) + '\n';
  return out + '\n' + checkpoint;
}

Result<Receipt> parse_receipt(std::string_view text) {
  if (text.size() > 128 * 1024) return fail(Errc::too_large, "a receipt has at most 131,072 bytes");
  if (!text.starts_with(header)) return malformed("it does not begin with c2sp.org/tlog-proof@v1");
  text.remove_prefix(header.size());
  const auto line = [&]() -> std::optional<std::string_view> {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto found = text.substr(0, end);
    text.remove_prefix(end + 1);
    return found;
  };
  Receipt receipt;
  auto next = line();
  if (!next || !next->starts_with("extra ")) return malformed("it carries no entry");
  TRY_AS(extra, from_base64(next->substr(6)));
  if (extra.size() < entry_bytes) return malformed("it carries no entry");
  TRY_AS(entry, parse_entry(Bytes(extra).first(entry_bytes)));
  receipt.entry = entry;
  if (extra.size() > entry_bytes) {
    const Bytes rest = Bytes(extra).subspan(entry_bytes);
    if (rest.size() < 4) return malformed("the event index is cut short");
    TRY_AS(path, hashes_of(rest.subspan(4)));
    receipt.inner = Receipt::Inner{load_le<std::uint32_t>(rest.data()), std::move(path)};
    if (receipt.inner->index >= entry.count) return malformed("the event index lies beyond the batch");
  }
  next = line();
  if (!next || !next->starts_with("index ")) return malformed("it has no index");
  TRY_AS(index, from_decimal(next->substr(6)));
  receipt.index = {index};
  while ((next = line()) && !next->empty()) {
    const auto hash = exactly<32>(from_base64(*next));
    if (!hash) return malformed("a path hash is not base64 of 32 bytes");
    if (receipt.path.size() == path_hashes_max) return malformed("the path is too long");
    receipt.path.push_back({*hash});
  }
  if (!next) return malformed("it has no checkpoint");
  receipt.checkpoint = std::string(text);
  return receipt;
}

// ── policy ──

std::vector<Vkey> Policy::witness_keys() const {
  std::vector<Vkey> keys;
  for (const auto& [name, key] : witnesses) keys.push_back(key);
  return keys;
}

bool Policy::satisfied_by(const std::vector<SignedCheckpoint::Cosignature>& cosignatures) const {
  const auto holds = [&](const auto& self, const std::string& member) -> bool {
    for (const auto& [name, key] : witnesses)
      if (name == member) return std::ranges::any_of(cosignatures, [&](const auto& each) { return each.witness == key.name; });
    for (const Group& group : groups)
      if (group.name == member)
        return static_cast<std::size_t>(std::ranges::count_if(group.members, [&](const auto& m) { return self(self, m); })) >= group.threshold;
    return false;
  };
  return quorum != "none" && holds(holds, quorum);
}

Result<Policy> parse_policy(std::string_view text) {
  Policy policy;
  bool quorum_seen = false;
  std::istringstream lines{std::string(text)};
  std::string row;
  for (int number = 1; std::getline(lines, row); ++number) {
    const auto bad = [&](const std::string& why) { return fail(Errc::malformed, "policy line " + std::to_string(number) + ": " + why); };
    if (std::ranges::any_of(row, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; })) return bad("it holds control characters");
    std::istringstream in(row);
    std::vector<std::string> word{std::istream_iterator<std::string>(in), {}};
    if (word.empty() || word[0].starts_with('#')) continue;
    const auto known = [&](const std::string& name) {
      return std::ranges::any_of(policy.witnesses, [&](const auto& w) { return w.first == name; }) ||
             std::ranges::any_of(policy.groups, [&](const auto& g) { return g.name == name; });
    };
    if (word[0] == "log" && (word.size() == 2 || word.size() == 3)) {
      const auto key = parse_vkey(word[1]);
      if (!key) return bad(key.error().sentence);
      if (key->type != KeyType::ed25519) return bad("a log has a key of type 01");
      if (std::ranges::any_of(policy.logs, [&](const Vkey& log) { return log.key == key->key; })) return bad("the log's key stands there already");
      policy.logs.push_back(*key);
    } else if (word[0] == "witness" && (word.size() == 3 || word.size() == 4)) {
      const auto key = parse_vkey(word[2]);
      if (!key) return bad(key.error().sentence);
      if (key->type != KeyType::cosignature) return bad("a witness has a key of type 04");
      if (known(word[1]) || word[1] == "none") return bad("the name " + word[1] + " is taken");
      // One cosignature must never count as two witnesses, and it is known by the name of its key.
      if (std::ranges::any_of(policy.witnesses, [&](const auto& w) { return w.second.key == key->key || w.second.name == key->name; }))
        return bad("the witness's key or its name stands there already");
      policy.witnesses.emplace_back(word[1], *key);
    } else if (word[0] == "group" && word.size() >= 4) {
      Policy::Group group{word[1], 0, {word.begin() + 3, word.end()}};
      if (known(group.name) || group.name == "none") return bad("the name " + group.name + " is taken");
      for (const auto& member : group.members) {
        if (!known(member)) return bad("no witness or earlier group is called " + member);
        const auto has = [&](const Policy::Group& earlier) { return std::ranges::count(earlier.members, member) > 0; };
        if (std::ranges::count(group.members, member) > 1 || std::ranges::any_of(policy.groups, has)) return bad(member + " is a member twice");
      }
      const auto count = from_decimal(word[2]);
      group.threshold = word[2] == "all" ? group.members.size() : word[2] == "any" ? 1 : count ? *count : 0;
      if (group.threshold < 1 || group.threshold > group.members.size()) return bad("wanted all, any or a number up to the members");
      policy.groups.push_back(std::move(group));
    } else if (word[0] == "quorum" && word.size() == 2) {
      if (quorum_seen) return bad("a policy has one quorum");
      if (word[1] != "none" && !known(word[1])) return bad("no witness or group is called " + word[1]);
      policy.quorum = word[1];
      quorum_seen = true;
    } else {
      return bad("wanted log, witness, group or quorum");
    }
  }
  if (policy.logs.empty()) return fail(Errc::malformed, "the policy names no log");
  if (!quorum_seen) return fail(Errc::malformed, "the policy has no quorum line");
  return policy;
}

// ── verification ──

Result<Verdict> verify_receipt(const Receipt& receipt, const Policy& policy, Bytes event) {
  const Entry& entry = receipt.entry;
  if (receipt.inner && !event.empty()) {
    if (event.size() < 8 || text_of(event.subspan(4, 4)) != "CLEV") return fail(Errc::malformed, "the event's bytes are no event (CLEV)");
    TRY(verify_inclusion(leaf_hash(event), receipt.inner->index, entry.count, receipt.inner->path, entry.root));
  } else if (receipt.inner) {
    return fail(Errc::usage, "the receipt is of one event: its bytes are needed to verify it");
  } else if (!event.empty()) {
    return fail(Errc::usage, "the receipt is of a whole batch: it says nothing of one event's bytes");
  }
  const std::string origin = receipt.checkpoint.substr(0, receipt.checkpoint.find('\n'));
  const auto witnesses = policy.witness_keys();
  std::optional<Result<SignedCheckpoint>> found;
  for (const Vkey& log : policy.logs)  // several where a log has changed its key
    if (log.name == origin && (!found || !*found)) found = open_checkpoint(receipt.checkpoint, log, witnesses);
  if (!found) return fail(Errc::wrong_origin, "the receipt is of " + origin + ", which the policy does not name");
  TRY_AS(opened, std::move(*found));
  if (!verify_author(entry, origin)) return fail(Errc::verification_failed, "the author's signature over the batch does not hold");
  TRY(verify_inclusion(leaf_hash(entry.encode()), receipt.index.value, opened.checkpoint.size, receipt.path, opened.checkpoint.root));
  Verdict verdict{policy.satisfied_by(opened.cosignatures) ? Standing::witnessed : Standing::logged, opened.checkpoint, {}};
  for (const auto& each : opened.cosignatures) verdict.witnesses.push_back(each.witness);
  if (policy.quorum != "none" && verdict.standing == Standing::logged)
    return fail(Errc::verification_failed, "the checkpoint lacks the witnesses that the policy's quorum wants");
  return verdict;
}

}  // namespace caseledger
