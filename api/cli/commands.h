// The commands of the program, in the order that help tells them. Each is defined, with its options, beside what it does.
#pragma once

namespace CLI {
class App;
}

namespace caseledger::api {

class CommandLine;

void add_init(CommandLine& line);
void add_serve(CommandLine& line);
void add_export(CommandLine& line);
void add_rebuild(CommandLine& line);
void add_key(CommandLine& line);
void add_token(CommandLine& line);
void add_enroll(CommandLine& line);
void add_proposal(CommandLine& line);
void add_append(CommandLine& line);
void add_import(CommandLine& line);
void add_simulate(CommandLine& line);
void add_events(CommandLine& line);
void add_replay(CommandLine& line);
void add_state(CommandLine& line);
void add_queues(CommandLine& line);
void add_figures(CommandLine& line);
void add_report(CommandLine& line);
void add_backup(CommandLine& line);
void add_restore(CommandLine& line);
void add_erase(CommandLine& line);
void add_hold(CommandLine& line);
void add_due(CommandLine& line);
void add_unseal(CommandLine& line);
void add_verify(CommandLine& line);
void add_audit(CommandLine& line);
void add_bench(CommandLine& line);

// Beneath report.
void add_release(CommandLine& line, CLI::App& reports);
void add_supersede(CommandLine& line, CLI::App& reports);
void add_releases(CommandLine& line, CLI::App& reports);
void add_render(CommandLine& line, CLI::App& reports);

}  // namespace caseledger::api
