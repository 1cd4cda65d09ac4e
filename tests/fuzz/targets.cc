#include "tests/fuzz/targets.h"

#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/parts.h"

namespace fuzz {

void expect(bool promise, std::string_view what) {
  if (promise) return;
  std::fprintf(stderr, "fuzz: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

std::span<const Target> targets() {
  static const Target all[] = {
      {"event", run_event, event_seeds},           {"batch", run_batch, batch_seeds},        {"ndjson", run_ndjson, ndjson_seeds},
      {"frame", run_frame, frame_seeds},           {"frame-json", run_frame_json, frame_json_seeds},
      {"note", run_note, note_seeds},              {"receipt", run_receipt, receipt_seeds},  {"token", run_token, token_seeds},
      {"request", run_request, request_seeds},     {"policy", run_policy, policy_seeds},     {"cybertip", run_cybertip, cybertip_seeds},
      {"lpr-portals", run_portals, portal_seeds},
  };
  return all;
}

}  // namespace fuzz
