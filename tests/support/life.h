// A stream that lives without a ledger: the rules are asked about its next event, and its state is folded from those it got.
//
// Bodies are JSON. In them $self stands for the stream's own id, $other for that of another stream, $child for a child's, and $prior for
// the version that a reopening has to name.
#pragma once

#include <deque>

#include "ledger/rules/rules.h"

namespace samples {

using namespace caseledger;

struct Actor {
  std::uint8_t key = 1;  // the first byte of the author's public key
  std::string_view operator_code = "op-1";
  rules::Roles roles = rules::bit(schema::Role::case_system);
};
inline constexpr Actor second_actor{2, "op-2"};

// How something is said.
struct Said {
  Actor by = {};
  Version names = 0;  // a version of the stream, among the causes
  bool imported = false;
  std::string_view child = "0192f0c1-0000-7000-8000-000000000001";
};

class Life {
 public:
  explicit Life(std::string_view kind);

  // Whether the rules admit it next.
  Result<void> ask(std::string_view type, std::string_view body, const Said& said = {});
  // The same; and it happens, if they do.
  Result<void> say(std::string_view type, std::string_view body, const Said& said = {});
  // It happens, whatever they say.
  void force(std::string_view type, std::string_view body, const Said& said = {});

  const rules::StreamState& state() const { return state_; }
  rules::Phase phase() const { return state_.phase; }
  const StreamId& stream() const { return stream_; }
  const StreamId& other() const { return other_; }
  rules::StreamState other_state;  // of the stream that $other names
  Micros now = 0;                  // of the ledger's clock

 private:
  struct Happened {
    Buffer event;
    PublicKey author;
  };
  Buffer made(std::string_view type, std::string_view body, const Said& said) const;
  Version prior() const;
  rules::FindRecorded find() const;
  Result<void> judged(const Buffer& event, const Actor& by) const;
  void happens(Buffer event, const Actor& by);

  std::string kind_;
  StreamId stream_, other_;
  rules::StreamState state_;
  std::deque<Happened> events_;
};

// ── machines, told as tables ──

// An event by a short name. A case.closed is proposed and then confirmed by other eyes.
struct Move {
  std::string_view name, type, body;
};
Result<void> make(Life& life, const Move& move);

struct Machine {
  std::string_view kind;
  std::span<const Move> moves;
  std::string_view paths;  // a line for each phase: "located: opened child located"
  std::string_view table;  // the phases, then a line for each move: the phase it leads to, "=" the same, "-" refused
};

// Makes every move in every phase, and sees that no event type at home in this kind of stream is left out.
void check_machine(const Machine& machine);

}  // namespace samples
