// Governors and readers at random: keys are enrolled, by enough governors or too few, change their organisation, are revoked, open cases, and search.
#include "tests/support/stories.h"

namespace stories {

using namespace schema;
using flatbuffers::FlatBufferBuilder;

namespace {

constexpr unsigned readers = 3, cases = 4, first_governor = 8, governors = 2;
const std::string origin = "stories.example";

std::string vkey(unsigned author) { return Vkey{"author-" + std::to_string(author), KeyType::ed25519, key_of(author)}.text(); }

class Office {
 public:
  Office(Log& log, const Choose& choose) : log_(log), choose_(choose), now_(std::max(log.clock(), new_year_2024)) {}

  void act() {
    now_ += Micros{choose_(20)} * day;
    const unsigned what = choose_(8);
    if (log_.state(government_).version == 0) constitute();
    else if (what < 2) propose();
    else if (what < 4) approve();
    else if (what < 5) open();
    else search();
  }

 private:
  Said said(unsigned author) const { return {.at = now_, .recorded_at = now_, .author = author}; }
  unsigned some_governor() { return first_governor + choose_(governors); }

  void constitute() {
    const auto threshold = static_cast<std::uint8_t>(1 + choose_(governors));
    log_.append<GovernanceConstituted>(StreamKind::governance, government_, said(first_governor), [&](FlatBufferBuilder& builder) {
      std::vector<flatbuffers::Offset<flatbuffers::String>> all;
      for (unsigned i = 0; i < governors; ++i) all.push_back(builder.CreateString(vkey(first_governor + i)));
      const std::string log = Vkey{origin, KeyType::ed25519, key_of(20)}.text();
      return CreateGovernanceConstitutedDirect(builder, origin.c_str(), log.c_str(), vkey(21).c_str(), &all, threshold);
    });
  }

  void propose() {
    const unsigned key = 1 + choose_(readers);
    const std::string organisation = choose_(2) == 0 ? "police" : "sheriff";
    const bool enrols = choose_(4) > 0;
    log_.append<ProposalMade>(StreamKind::governance, government_, said(some_governor()), [&](FlatBufferBuilder& builder) {
      const std::vector<Role> roles{Role::analyst};
      if (enrols) return CreateProposalMade(builder, Action::KeyEnrolled, CreateKeyEnrolledDirect(builder, vkey(key).c_str(), organisation.c_str(), &roles).Union());
      return CreateProposalMade(builder, Action::KeyRevoked, CreateKeyRevokedDirect(builder, vkey(key).c_str(), flatbuffers::nullopt, "lost").Union());
    });
  }

  void approve() {
    const Ref proposal = ref(government_, 1 + choose_(log_.state(government_).version));
    log_.append<ProposalApproved>(StreamKind::governance, government_, said(some_governor()), [&](FlatBufferBuilder& builder) { return CreateProposalApproved(builder, &proposal); });
  }

  // Some in two logs, some twice in one; for cases that some of them open.
  void search() {
    const unsigned reader = 1 + choose_(readers);
    const Ref of_case = ref(stream(700 + choose_(cases)), 0);
    const bool for_case = choose_(2) == 0;
    const std::string id = "s-" + std::to_string(choose_(8));
    log_.append<SearchExecuted>(StreamKind::access, stream(600 + reader), said(reader), [&](FlatBufferBuilder& builder) {
      return CreateSearchExecutedDirect(builder, SearchSystem::lpr, id.c_str(), for_case ? "missing_child" : "other", for_case ? &of_case : nullptr);
    });
  }

  void open() {
    const StreamId opened = stream(700 + choose_(cases));
    if (log_.state(opened).version == 0) Case(log_, opened, {}, said(1 + choose_(readers)));
  }

  Log& log_;
  const Choose& choose_;
  const StreamId government_ = rules::governance_stream(origin);
  Micros now_;
};

}  // namespace

void live_in_office(Log& log, const Choose& choose, unsigned steps) {
  Office office(log, choose);
  for (unsigned i = 0; i < steps; ++i) office.act();
}

}  // namespace stories
