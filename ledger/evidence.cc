#include "ledger/evidence.h"

#include <cerrno>
#include <fstream>

#include "ledger/bundle.h"

namespace caseledger {

namespace {

constexpr std::size_t evidence_bytes_max = 64u << 20;

EvidenceKind kind_of(std::string_view bytes) {
  if (bytes.starts_with("c2sp.org/tlog-proof@")) return EvidenceKind::receipt;
  if (bytes.size() >= 8 && bytes.substr(4, 4) == "CLEV") return EvidenceKind::event;
  if (bytes.find("\n\n\u2014 ") != bytes.npos) return EvidenceKind::checkpoint;
  if (const auto first = bytes.find_first_not_of(" \t\r\n"); first != bytes.npos && (bytes[first] == '{' || bytes[first] == '[')) return EvidenceKind::json;
  return EvidenceKind::unknown;
}

std::unexpected<Error> differs(std::string why) { return fail(Errc::verification_failed, "receipt and bundle differ: " + std::move(why)); }

// Whether the record of the receipt's entry has the event's bytes; its items have to be the author's.
Result<bool> withheld(const Served& served, const Receipt& receipt) {
  TRY_AS(file, served.batches(receipt.index.value / 256));
  const auto records = records_of(file, 256);
  const std::size_t at = receipt.index.value % 256;
  const auto raw = receipt.entry.encode();
  if (at >= records.size() || records[at].size() < entry_bytes || !equal(records[at].first(entry_bytes), raw)) return differs("the record of the entry is damaged");
  TRY_AS(items, parse_items(records[at].subspan(entry_bytes), receipt.entry.count));
  if (items_root(items) != receipt.entry.root) return differs("the events of the entry are not those the author signed");
  return receipt.inner && items[receipt.inner->index].kind == ItemKind::leaf;
}

}  // namespace

std::string_view name(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::receipt: return "receipt";
    case EvidenceKind::checkpoint: return "checkpoint";
    case EvidenceKind::bundle: return "bundle";
    case EvidenceKind::event: return "event";
    case EvidenceKind::json: return "json";
    case EvidenceKind::unknown: return "unknown";
  }
  return "?";
}

Result<Evidence> read_evidence(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return Evidence{std::filesystem::exists(path / "checkpoint", error) ? EvidenceKind::bundle : EvidenceKind::unknown, {}};
  if (!std::filesystem::exists(path, error)) return fail(Errc::not_found, path.string() + ": there is no such file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string bytes(evidence_bytes_max + 1, '\0');
  if (file) file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file && !file.eof()) return fail(Errc::io, path.string() + ": " + std::strerror(errno));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.size() > evidence_bytes_max) return fail(Errc::too_large, path.string() + ": more than 64 MiB is no receipt, checkpoint, event or edition");
  const auto kind = kind_of(bytes);
  return Evidence{kind, std::move(bytes)};
}

Result<Policy> parse_policy_or_vkey(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  const auto last = text.find_last_not_of(" \t\r\n");
  const auto word = first == text.npos ? std::string_view() : text.substr(first, last - first + 1);
  if (word.find_first_of(" \t\r\n") != word.npos) return parse_policy(text);
  TRY_AS(vkey, parse_vkey(word));
  if (vkey.type != KeyType::ed25519) return fail(Errc::malformed, vkey.name + " is the key of a witness (type 04); wanted the log's (type 01)");
  Policy policy;
  policy.logs.push_back(std::move(vkey));
  return policy;
}

Result<Verdict> verify_checkpoint(std::string_view note, const Policy& policy) {
  const std::string origin(note.substr(0, note.find('\n')));
  const auto witnesses = policy.witness_keys();
  std::optional<Result<SignedCheckpoint>> found;
  for (const Vkey& log : policy.logs)
    if (log.name == origin && (!found || !*found)) found = open_checkpoint(note, log, witnesses);
  if (!found) return fail(Errc::wrong_origin, "the checkpoint is of " + quote(origin) + ", which the policy does not name");
  TRY_AS(opened, std::move(*found));
  Verdict verdict{policy.satisfied_by(opened.cosignatures) ? Standing::witnessed : Standing::logged, opened.checkpoint, {}};
  for (const auto& each : opened.cosignatures) verdict.witnesses.push_back(each.witness);
  if (policy.quorum != "none" && verdict.standing == Standing::logged)
    return fail(Errc::verification_failed, "the checkpoint lacks the witnesses that the policy's quorum wants");
  return verdict;
}

Result<InBundle> verify_in_bundle(const Receipt& receipt, const Verdict& verdict, const Policy& policy, const std::filesystem::path& bundle) {
  const Fetch fetch = fetch_from(bundle);
  TRY_AS(note, fetch("checkpoint"));
  // The bundle's checkpoint needs the log's signature; its witnesses are the receipt's concern.
  Policy logs;
  logs.logs = policy.logs;
  TRY_AS(own, verify_checkpoint(text_of(note), logs));
  const Checkpoint& there = own.checkpoint;
  if (there.origin != verdict.checkpoint.origin) return fail(Errc::wrong_origin,
      "the receipt is of " + verdict.checkpoint.origin + ", the bundle of " + there.origin);
  if (receipt.index.value >= there.size)
    return fail(Errc::not_found,
        "the receipt is of entry " + std::to_string(receipt.index.value) + ", the bundle has " + std::to_string(there.size) + " entries");

  const Served served(fetch, there.size);
  const ReadNode node = [&](Node at) { return served.node(at); };
  TRY_AS(entry, served.entry(receipt.index));
  if (entry != receipt.entry) return differs("another entry stands at index " + std::to_string(receipt.index.value));
  TRY_AS(path, inclusion_proof(receipt.index.value, there.size, node));
  TRY(verify_inclusion(leaf_hash(entry.encode()), receipt.index.value, there.size, path, there.root));
  InBundle result{there, verdict.checkpoint.size <= there.size, false};
  if (result.consistent) {
    TRY_AS(proof, consistency_proof(verdict.checkpoint.size, there.size, node));
    TRY(verify_consistency(verdict.checkpoint.size, verdict.checkpoint.root, there.size, there.root, proof));
  }
  TRY_AS(gone, withheld(served, receipt));
  result.event_withheld = gone;
  return result;
}

}  // namespace caseledger
