// Erasures that were granted, carried out: keys and ciphertexts destroyed, then the ledger's own word for it in the log.
//
// What is outstanding is read from the subject streams alone: a grant that no erasure.executed names. So an erasure that a crash cut
// off at any point is simply outstanding still, and every step may be done twice. Nothing is destroyed before the rules would admit the
// word for it: holds, preservation and retractions are theirs to judge.
#pragma once

#include <optional>
#include <set>

#include "ledger/ledger.h"

namespace caseledger {

struct GrantedErasure {
  StreamId stream;   // of the data subject
  Version decision;
  SubjectId subject;
  // Of a partial grant: it destroys what was recorded before it, but not the parts of these streams and events.
  struct Spares {
    Position before;
    std::vector<std::pair<StreamId, Version>> what;  // version 0: the whole stream
  };
  std::optional<Spares> spares;

  bool covers(const StreamId& stream, Version version, Position position) const;
};
// Of a partial decision that stands there.
GrantedErasure::Spares spares_of(const schema::ErasureDecided& decision, Position position);

// The stream's grants that are not executed.
Result<std::vector<GrantedErasure>> outstanding_erasures(const Ledger& ledger, const StreamId& stream);

// Grants that the log says were executed.
Result<std::vector<GrantedErasure>> executed_erasures(const store::Log& log);

struct Destroyed {
  std::uint32_t parts = 0, keys = 0;  // named by events, whether or not an earlier attempt destroyed them already
};
// Destroys the subjects' keys, and the ciphertexts in positions from .. end: one Destroyed for each erasure. After a partial one the parts that
// it does not cover, wherever they stand, open as before, and so does whatever is sealed meanwhile.
Result<std::vector<Destroyed>> destroy(store::Log& log, store::Vault& vault, const std::string& origin, std::span<const GrantedErasure> erasures, Position from, Position end);

// Carries out whatever is outstanding, on a thread of its own.
class Erasures {
 public:
  // How the ledger speaks: may it say this now, and say it.
  struct Voice {
    std::function<Result<void>(const EventView&)> may;
    std::function<std::expected<void, Rejection>(Bytes event)> append;
  };
  struct Done {
    GrantedErasure erasure;
    Destroyed destroyed;
  };
  using Told = std::function<void(const Result<std::vector<Done>>&)>;
  Erasures(Ledger& ledger, Voice voice, Clock clock, Told told = {});
  ~Erasures();  // stops

  // Begins with every subject stream there is.
  void start();
  void look_at(std::vector<StreamId> streams);  // from any thread
  void stop();

  // What it does with the streams it was told of. What has to wait is looked at again the next time.
  Result<std::vector<Done>> carry_out(std::set<StreamId> streams);

 private:
  void run();
  Result<void> say(const GrantedErasure& erasure, const Destroyed& destroyed);

  Ledger& ledger_;
  const Voice voice_;
  const Clock clock_;
  const Told told_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<StreamId> streams_, waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

// The voice of a ledger's service key: as the rules have it, and through `append`.
Erasures::Voice service_voice(Ledger& ledger, const Signer& service, Clock clock, std::function<std::expected<void, Rejection>(Bytes event)> append);

}  // namespace caseledger
