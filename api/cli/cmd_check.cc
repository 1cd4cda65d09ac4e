// verify and audit: what can be checked, checked; what cannot, said.
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/cli/reading.h"
#include "api/cli/remote.h"
#include "api/cli/verify_edition.h"
#include "api/json.h"
#include "ledger/audit.h"
#include "ledger/evidence.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

struct VerifyOptions {
  std::vector<path> files;
  path policy, bundle, event;
  std::vector<std::string> vkeys;
};

struct AuditOptions {
  std::string source;  // a folder, a bundle, or a URL
  path key;            // of who reads a URL
  std::string vkey;
  Format format = Format::table;
};

Exit audit_source(const AuditOptions& asked);

// The worst of several: tampering outranks everything else.
void worsen(Exit& worst, Exit exit) {
  if (worst == Exit::verification_failed || exit == Exit::ok) return;
  if (worst == Exit::ok || exit == Exit::verification_failed) worst = exit;
}

Result<Policy> policy_of(const VerifyOptions& options) {
  if (!options.policy.empty()) {
    TRY_AS(text, read_text(options.policy));
    return parse_policy_or_vkey(text);
  }
  Policy policy;
  for (const auto& vkey : options.vkeys) {  // several where a log has changed its key
    TRY_AS(one, parse_policy_or_vkey(vkey));
    policy.logs.insert(policy.logs.end(), one.logs.begin(), one.logs.end());
  }
  if (!policy.logs.empty()) return policy;
  return fail(Errc::usage, "verifying needs to know whom to trust: --log-vkey VKEY or --policy FILE");
}

Result<std::string> verify_receipt_file(const Evidence& evidence, const Policy& policy, const VerifyOptions& options) {
  TRY_AS(receipt, parse_receipt(evidence.bytes));
  std::string event;
  if (!options.event.empty()) {
    TRY_AS(bytes, read_text(options.event));
    event = std::move(bytes);
  }
  TRY_AS(verdict, verify_receipt(receipt, policy, bytes_of(event)));
  std::string said = verdict.standing == Standing::witnessed ? "witnessed" : "logged";
  said += ": entry " + std::to_string(receipt.index.value) + " of " + verdict.checkpoint.origin;
  if (receipt.inner) said += ", position " + std::to_string((receipt.entry.first_position + receipt.inner->index).value);
  else said += ", positions " + std::to_string(receipt.entry.first_position.value) + " to " + std::to_string(receipt.entry.end().value - 1);
  said += ", recorded " + to_rfc3339(receipt.entry.recorded_at) + ", under the checkpoint of " + std::to_string(verdict.checkpoint.size) + " entries";
  if (!options.bundle.empty()) {
    TRY_AS(within, verify_in_bundle(receipt, verdict, policy, options.bundle));
    said += within.consistent ? "; the bundle of " + std::to_string(within.checkpoint.size) + " entries holds it and continues that checkpoint"
                              : "; the bundle holds it, and is older than that checkpoint";
    if (within.event_withheld) said += " (the event's bytes are withheld there)";
  }
  return said;
}

Result<std::string> verify_one(const path& file, const Policy& policy, const VerifyOptions& options, Exit& worst) {
  TRY_AS(evidence, read_evidence(file));
  switch (evidence.kind) {
    case EvidenceKind::receipt: return verify_receipt_file(evidence, policy, options);
    case EvidenceKind::checkpoint: {
      TRY_AS(verdict, verify_checkpoint(evidence.bytes, policy));
      return "checkpoint of " + verdict.checkpoint.origin + ": " + std::to_string(verdict.checkpoint.size) + " entries, root " + base64(verdict.checkpoint.root.bytes);
    }
    case EvidenceKind::bundle: {
      worsen(worst, audit_source({file.string(), {}, policy.logs[0].text(), Format::table}));
      return "bundle";
    }
    case EvidenceKind::json: {
      TRY_AS(verdict, verify_edition(file, evidence.bytes, policy, options.bundle));
      for (const auto& sentence : verdict.not_checked) std::cerr << "not checked: " << sentence << '\n';
      for (const auto& sentence : verdict.suppression.shortfalls) std::cerr << "shortfall: " << sentence << '\n';
      if (!options.bundle.empty() && !(verdict.not_checked.empty() && verdict.suppression.shortfalls.empty())) worsen(worst, Exit::partly);
      return "edition " + verdict.said;
    }
    case EvidenceKind::event:
    case EvidenceKind::unknown: break;
  }
  return fail(Errc::malformed, "is " + std::string(name(evidence.kind)) + ": neither a receipt, nor a checkpoint, nor an edition, nor a bundle");
}

json::object counts_json(const AuditCounts& c) {
  return {{"entries", c.entries},   {"events", c.events},         {"streams", c.streams},           {"signatures", c.signatures},         {"checkpoints", c.checkpoints},
          {"tiles", c.tiles},       {"withheld_events", c.withheld_events}, {"excised_events", c.excised_events}, {"unjudged_events", c.unjudged_events}, {"imported_anomalies", c.imported_anomalies}, {"policy_breaches", c.policy_breaches},
          {"suspect_entries", c.suspect_entries}, {"suspect_events", c.suspect_events}, {"editions", c.editions}, {"sealed_parts", c.sealed_parts}, {"opened_parts", c.opened_parts}, {"erased_parts", c.erased_parts}};
}

json::object finding_json(const Finding& finding) {
  return {{"severity", name(finding.severity)}, {"code", finding.code}, {"place", finding.place.text()}, {"sentence", finding.sentence}};
}

json::object audit_json(const Audit& audit) {
  json::array findings, not_checked;
  for (const auto& finding : audit.findings) findings.push_back(finding_json(finding));
  for (const auto& sentence : audit.not_checked) not_checked.emplace_back(sentence);
  json::object out{{"sound", audit.sound()}, {"counts", counts_json(audit.counts)}, {"findings", std::move(findings)}, {"further_findings", audit.further_findings}, {"not_checked", std::move(not_checked)}};
  if (audit.checkpoint) out["checkpoint"] = {{"origin", audit.checkpoint->origin}, {"size", audit.checkpoint->size}, {"root", base64(audit.checkpoint->root.bytes)}};
  return out;
}

void print_audit(const Audit& audit, Format format) {
  if (format == Format::json) {
    std::cout << to_text(audit_json(audit)) << '\n';
    return;
  }
  Table table{{"severity", "code", "place", "sentence"}, {}, {}};
  for (const auto& finding : audit.findings) {
    if (format == Format::jsonl) std::cout << to_text(finding_json(finding)) << '\n';
    table.rows.push_back({std::string(name(finding.severity)), finding.code, finding.place.text(), finding.sentence});
  }
  if (format == Format::jsonl) return;
  if (format == Format::csv) {
    std::cout << table.csv();
    return;
  }
  for (const auto& finding : audit.findings)
    std::cout << name(finding.severity) << "  " << finding.code << "  " << finding.place.text() << "\n  " << finding.sentence << '\n';
  if (audit.further_findings > 0) std::cout << "and " << audit.further_findings << " further findings\n";
  if (audit.checkpoint)
    std::cout << "checkpoint: " << audit.checkpoint->origin << ", " << audit.checkpoint->size << " entries, root " << base64(audit.checkpoint->root.bytes) << '\n';
  for (const auto& [key, value] : counts_json(audit.counts))
    if (value.to_number<std::uint64_t>() > 0) std::cout << std::string(key) << ": " << json::serialize(value) << '\n';
  for (const auto& sentence : audit.not_checked) std::cout << "not checked: " << sentence << '\n';
  std::cout << (audit.sound() ? "sound: everything that was checked holds\n" : "NOT SOUND: " + std::to_string(audit.errors) + " errors\n");
}

Exit verify_files(const VerifyOptions& options) {
  const auto policy = policy_of(options);
  if (!policy) return report(policy.error());
  Exit worst = Exit::ok;
  for (const path& file : options.files) {
    const auto verified = verify_one(file, *policy, options, worst);
    if (verified) {
      std::cout << file.string() << ": " << *verified << '\n';
      continue;
    }
    worsen(worst, report({verified.error().code, file.string() + ": " + verified.error().sentence}));
  }
  if (worst == Exit::ok) std::cerr << "A receipt does not show the author's authority, nor a later correction or retraction: for these audit the log.\n";
  return worst;
}

Exit audit_source(const AuditOptions& asked) {
  std::optional<Progress> progress;
  caseledger::AuditOptions options;
  if (!asked.vkey.empty()) {
    const auto vkey = argument(parse_vkey(asked.vkey));
    if (!vkey) return report(vkey.error());
    options.log_key = *vkey;
  }
  options.progress = [&](std::uint64_t done, std::uint64_t of) {
    if (!progress) progress.emplace("auditing", of);
    progress->at(done);
  };
  Result<Audit> audit = fail(Errc::usage, "");
  std::optional<Error> kept_out;  // whoever may not read has found nothing
  if (asked.source.starts_with("http://") || asked.source.starts_with("https://")) {
    const auto server = HttpServer::at(asked.source, asked.key);
    if (!server) return report(server.error());
    if (!options.log_key) {
      const auto vkey = log_key_of({asked.source, asked.key, {}});
      if (!vkey) return report(vkey.error());
      options.log_key = *vkey;
    } else if (const auto note = server->get("/checkpoint"); note && !open_checkpoint(*note, *options.log_key)) {
      // Signed by a key that the trusted one may lead to.
      const auto keys = log_keys_of(*server, *options.log_key);
      const auto opened = keys ? open_checkpoint(*note, *keys) : Result<SignedCheckpoint>(std::unexpected(keys.error()));
      if (opened) options.log_key = *log_key_at(*keys, opened->checkpoint.size);
    }
    audit = audit_served(
        [&](std::string at) -> Result<Buffer> {
          if (kept_out) return std::unexpected(*kept_out);
          const auto text = server->get('/' + at);
          if (text) return Buffer(text->begin(), text->end());
          if (text.error().code == Errc::not_permitted) kept_out = text.error();
          return std::unexpected(text.error());
        },
        options);
  } else if (std::filesystem::exists(path(asked.source) / "store")) {
    audit = audit_folder(asked.source, options);
  } else {
    audit = audit_bundle(asked.source, options);
  }
  progress.reset();
  if (kept_out) return report(*kept_out);
  if (!audit) return report(audit.error());
  print_audit(*audit, asked.format);
  return audit->sound() ? Exit::ok : Exit::verification_failed;
}

}  // namespace

void add_verify(CommandLine& line) {
  auto [app, asked] = line.add("verify", "Check receipts, checkpoints, editions and bundles, offline",
                               "  caseledger verify r/000000000005.tlog-proof --log-vkey \"$(cat ledger/vkey)\"\n"
                               "  caseledger verify event.tlog-proof --event event.bin --policy policy.txt --bundle bundle\n"
                               "  caseledger verify edition.json --log-vkey \"$(cat ledger/vkey)\" --bundle bundle", verify_files);
  app.add_option("FILE", asked.files, "receipts, checkpoints, editions, bundle folders")->required();
  app.add_option("--policy", asked.policy, "a tlog-policy: logs, witnesses, quorum");
  app.add_option("--log-vkey", asked.vkeys, "the log's key, where there is no policy; once for each where it has changed")->envname("CASELEDGER_LOG_VKEY");
  app.add_option("--bundle", asked.bundle, "check receipts against this bundle too, and count an edition's figures again from it");
  app.add_option("--event", asked.event, "the bytes of the event that a receipt is of");
}

void add_audit(CommandLine& line) {
  auto [app, asked] = line.add("audit", "Check everything in a folder, a bundle or a served log",
                               "  caseledger audit ledger\n"
                               "  caseledger audit bundle\n"
                               "  caseledger audit http://127.0.0.1:8420", audit_source);
  app.add_option("SOURCE", asked.source, "a ledger's folder, a bundle, or an address")->required();
  app.add_option("--key", asked.key, "an enrolled key, to read an address as")->envname("CASELEDGER_KEY");
  app.add_option("--log-vkey", asked.vkey, "the log's key as you know it")->envname("CASELEDGER_LOG_VKEY");
  add_format(app, asked.format);
}

}  // namespace caseledger::api
