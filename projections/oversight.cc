#include "projections/oversight.h"

#include <array>

#include "projections/counts.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/sheet.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr std::string_view of_handshakes = "handshake.";  // reasons that begin so: nobody had asked to be let in yet

constexpr char finding_cell = 'f', refused_cell = 'r', failed_cell = 'a';

struct Finding {
  Month month = 0;
  Severity severity = Severity::unset;
  std::string code;
};

// By the service, an hour at a time.
struct Refusal {
  Month month = 0;
  std::string reason;
};

void tally(std::string& counts, char letter, Micros hour, const flatbuffers::Vector<flatbuffers::Offset<CodeCount>>& reasons) {
  for (const CodeCount* each : reasons)
    count(counts, cell_key(letter, Refusal{.month = month_of(hour), .reason = std::string(text_of(each->code()))}), each->count());
}

using Findings = std::array<std::int64_t, std::size_t(Severity::MAX) + 1>;

class Oversight final : public Projection {
 public:
  std::string_view id() const override { return "oversight"; }
  bool wants(Body type) const override { return is_among(type, {Body::AuditFinding, Body::AdmissionRefused, Body::AuthFailed}); }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    on<AuditFinding>(event, [&](const auto& body) {
      const Finding finding{.month = month_of(moment_of(event).at), .severity = body.severity(), .code = std::string(text_of(body.finding_code()))};
      count(state, cell_key(finding_cell, finding));
    });
    on<AdmissionRefused>(event, [&](const auto& body) { tally(state, refused_cell, body.hour(), *body.counts()); });
    on<AuthFailed>(event, [&](const auto& body) { tally(state, failed_cell, body.hour(), *body.counts()); });
  }

  void contribute(std::string_view state, const Share& add) const override { add_counts(state, add); }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    auto findings = groups_for<Findings>(query, {{"finding", ""}});
    auto refused = groups_for<std::int64_t>(query, {{"reason", ""}}), failed = refused, handshakes = refused;
    for (const auto& [key, n] : cells.counts()) {
      const auto rest = std::string_view(key).substr(1);
      if (key[0] == finding_cell) {
        const auto finding = unpacked<Finding>(rest);
        if (counts_month(query, finding.month)) findings[group_of(query, {{"finding", finding.code}})][std::size_t(finding.severity)] += n;
      } else if (const auto refusal = unpacked<Refusal>(rest); counts_month(query, refusal.month)) {
        auto& rows = key[0] == refused_cell ? refused : refusal.reason.starts_with(of_handshakes) ? handshakes : failed;
        rows[group_of(query, {{"reason", refusal.reason}})] += n;
      }
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : findings)
      for (const auto severity : EnumValuesSeverity()) {
        const std::string name = EnumNameSeverity(severity);
        if (severity == Severity::unset) continue;
        Sheet(group, figures).count("T15.findings." + name, "Audit findings in the period of severity: " + name, "findings", row[std::size_t(severity)]);
      }
    for (const auto& [group, n] : refused) Sheet(group, figures).count("T15.refused", "Batches refused in the period", "batches", n);
    for (const auto& [group, n] : failed) Sheet(group, figures).count("T15.auth_failed", "Sessions and tokens refused in the period", "logins", n);
    for (const auto& [group, n] : handshakes) Sheet(group, figures).count("T15.handshakes_refused", "TLS handshakes refused in the period", "handshakes", n);
    return figures;
  }
};

}  // namespace

const Projection& oversight() {
  static const Oversight projection;
  return projection;
}

}  // namespace caseledger::projections
