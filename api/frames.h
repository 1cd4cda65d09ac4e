// Session frames (FlatBuffers table Frame, identifier CLFR) as plain values: what either side may send, written and read.
//
// Reading verifies the bytes, and that they do not claim to hold more than they are long: what is read copies at most the
// frame's own size. Spans in what was read point into the frame; spans in what is written are borrowed for the call.
#pragma once

#include <variant>

#include "ledger/verify.h"

namespace caseledger {
struct Recorded;
}

namespace caseledger::api::frames {

using Nonce = std::array<std::uint8_t, 32>;

struct Limits {
  std::uint32_t frame_bytes = 0, batch_bytes = 0, events_per_batch = 0, appends_per_frame = 0, appends_in_flight = 0, subscriptions = 0;
};

// ── the server's ──

struct Challenge {
  std::string origin;
  Nonce nonce{};
  std::string checkpoint;
  Limits limits;
};

struct Welcome {
  std::string organisation;
  std::vector<std::string> roles, scopes;
  std::string checkpoint;
  Position next;
};

struct Appended {
  struct Result {
    std::uint64_t request = 0;
    Position first_position;
    EntryIndex entry_index;
    Micros recorded_at = 0;
    std::span<const Hash> own;
  };
  std::string_view checkpoint;
  std::span<const Hash> shared;  // behind each result's own: its inclusion proof
  std::vector<Result> results;
};

struct Rejected {
  std::uint64_t request = 0;
  std::string code, sentence;  // a code this version does not know is kept
  struct Problem {
    std::uint32_t event = 0;
    std::string code, sentence;
    Version current = 0;
    std::optional<Position> position;
  };
  std::vector<Problem> events;
  std::uint32_t retry_after_ms = 0;
};

struct Delivery {
  Position position;
  EntryIndex entry_index;
  Bytes event;
};

struct Events {
  std::uint64_t id = 0;
  std::vector<Delivery> events;
  bool caught_up = false;
  Position next;
};

struct Head {
  std::string checkpoint;
  Position next;
};

struct Unsealed {
  std::uint64_t request = 0;
  std::vector<Opening> openings;
};

using FromServer = std::variant<Challenge, Welcome, Appended, Rejected, Events, Head, Unsealed>;

// ── the client's ──

struct Identify {
  PublicKey author{};
  Nonce nonce{};
  std::string authority;
  Signature signature{};
};

struct Append {
  struct Item {
    std::uint64_t request = 0;
    Bytes batch;
    std::vector<Opening> openings;
  };
  std::vector<Item> items;
};

struct Filter {
  std::vector<std::uint8_t> kinds;  // of schema::StreamKind
  std::vector<std::string> types, jurisdictions;
};

struct Subscribe {
  std::uint64_t id = 0;
  Position from;
  std::optional<StreamId> stream;
  Filter filter;
  std::uint32_t credit = 0;
};

struct Grant {
  std::uint64_t id = 0;
  std::uint32_t credit = 0;
};

struct Unsubscribe {
  std::uint64_t id = 0;
};

struct Unseal {
  std::uint64_t request = 0;
  Position position;
};

using FromClient = std::variant<Identify, Append, Subscribe, Grant, Unsubscribe, Unseal>;

// ── both ways ──

Buffer write(const Challenge& challenge);
Buffer write(const Welcome& welcome);
Buffer write(const Appended& appended);
Buffer write(const Rejected& rejected);
Buffer write(const Events& events);
Buffer write(const Head& head);
Buffer write(const Identify& identify);
Buffer write(const Subscribe& subscribe);
Buffer write(const Grant& grant);
Buffer write(const Unsubscribe& unsubscribe);
Buffer write(const Unseal& unseal);
Buffer write(const Unsealed& unsealed);

// An Append frame; every batch starts on an 8-byte boundary of it.
struct Outgoing {
  std::uint64_t request;
  const Submission& submission;
};
Buffer write_append(std::span<const Outgoing> items);

// Results under one checkpoint in one frame: the longest common end of their proofs is told once.
Buffer write_appended(std::string_view checkpoint, std::span<const Recorded> results);

// Errors: malformed. A frame that the other side may not send is malformed too.
Result<FromServer> read_from_server(Bytes frame);
Result<FromClient> read_from_client(Bytes frame);

Rejected rejected(std::uint64_t request, const Rejection& rejection);

}  // namespace caseledger::api::frames
