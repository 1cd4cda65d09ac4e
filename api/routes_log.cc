// The log as C2SP tlog-tiles serves it, and receipts.
#include "api/answers.h"
#include "api/routes.h"
#include "ledger/history.h"

namespace caseledger::api {

namespace {

constexpr std::string_view octets = "application/octet-stream", plain = "text/plain; charset=utf-8";

// What does not exist and what is spelt otherwise are one to a client: it falls back to the full tile on 404 and on nothing else.
Result<void> check_published(const TileId& tile, std::uint64_t size) {
  if (tile.width <= tile_width(tile.level, tile.index, size)) return {};
  return fail(Errc::not_found, "the log of " + std::to_string(size) + " entries does not reach that tile");
}

}  // namespace

Result<Response> RouteTable::checkpoint(const Call&) const { return text_answer(ledger_.head().checkpoint, std::string(plain)); }

Result<Response> RouteTable::tile(const Call& call) const {
  TRY_AS(tile, parse_tile_path(call.place));
  TRY(check_published(tile, ledger_.head().size));
  TRY_AS(hashes, ledger_.tiles().tile(tile));
  std::string body;
  for (const Hash& hash : hashes) append(body, hash.bytes);
  return cached_answer(call.request, text_answer(std::move(body), std::string(octets)), "public, max-age=31536000, immutable");
}

// All of its entries, that is: one that also holds earlier ones is for enrolled keys. What is spelt otherwise is nowhere for anyone.
bool RouteTable::is_opened(std::string_view entries) const {
  const auto from = authorities_.current()->published_from();
  const auto tile = parse_entries_path(entries);
  return from && (!tile || tile->index * 256 >= from->value);
}

Result<Response> RouteTable::entries(const Call& call) const {
  TRY_AS(tile, parse_entries_path(call.place));
  TRY(check_published(tile, ledger_.head().size));
  TRY_AS(entries, ledger_.log().entries({tile.index * 256}, tile.width));
  std::string body;
  for (const Entry& entry : entries) {
    append_be(body, static_cast<std::uint16_t>(entry_bytes));
    append(body, entry.encode());
  }
  return cached_answer(call.request, text_answer(std::move(body), std::string(octets)), is_opened(call.place) ? "public, max-age=31536000, immutable" : "private, max-age=31536000, immutable");
}

Result<Response> RouteTable::receipt(const Call& call) const {
  const auto position = from_decimal(call.place);
  if (!position) return fail(Errc::malformed, "a position is a decimal number; found " + quote(call.place));
  const auto of = call.query.one("of").value_or("event");
  if (of != "event" && of != "batch") return fail(Errc::malformed, "of is event or batch; found " + quote(of));
  const Head head = ledger_.head();
  if (*position >= head.next.value) return fail(Errc::not_found, "position " + call.place + " is not recorded; the next one is " + std::to_string(head.next.value));
  TRY(readable_event(call, {*position}));
  TRY_AS(proof, caseledger::receipt(ledger_.log(), ledger_.tiles(), {*position}, of == "batch", head.size, head.checkpoint));
  return text_answer(proof.text(), std::string(plain));
}

}  // namespace caseledger::api
