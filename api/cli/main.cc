// The program: its commands, and what holds for all of them.
#include <csignal>
#include <sodium.h>
#include <sys/prctl.h>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "ledger/core/bytes.h"

// What jemalloc reads at its start: what was freed goes back to the system within a second or two, by a thread of its own.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,narenas:4,dirty_decay_ms:1000,muzzy_decay_ms:0";
}

int main(int argc, char** argv) {
  using namespace caseledger::api;
  std::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_DUMPABLE, 0);  // no core dump holds a key or what was unsealed
  ENSURE(sodium_init() >= 0);
  CommandLine line(CASELEDGER_VERSION);
  for (const auto add : {add_init, add_serve, add_export, add_rebuild, add_key, add_token, add_enroll, add_proposal, add_append, add_import, add_simulate, add_events, add_replay, add_state, add_queues, add_figures, add_report, add_backup, add_restore, add_erase, add_hold, add_due, add_unseal, add_verify, add_audit, add_bench}) add(line);
  return line.run(argc, argv);
}
