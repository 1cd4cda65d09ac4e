// The targets, file by file.
#pragma once

#include "tests/fuzz/targets.h"

namespace fuzz {

// events.cc
void run_event(Bytes input);
void run_batch(Bytes input);
void run_ndjson(Bytes input);
std::vector<Buffer> event_seeds();
std::vector<Buffer> batch_seeds();
std::vector<Buffer> ndjson_seeds();

// frames.cc
void run_frame(Bytes input);
void run_frame_json(Bytes input);
std::vector<Buffer> frame_seeds();
std::vector<Buffer> frame_json_seeds();

// texts.cc
void run_note(Bytes input);
void run_receipt(Bytes input);
void run_token(Bytes input);
void run_request(Bytes input);
void run_policy(Bytes input);
std::vector<Buffer> note_seeds();
std::vector<Buffer> receipt_seeds();
std::vector<Buffer> token_seeds();
std::vector<Buffer> request_seeds();
std::vector<Buffer> policy_seeds();

// imports.cc
void run_cybertip(Bytes input);
void run_portals(Bytes input);
std::vector<Buffer> cybertip_seeds();
std::vector<Buffer> portal_seeds();

inline Buffer seed(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace fuzz
