// What a user would pick instead: PostgreSQL, one row per event in a table whose trigger chains the hashes, durable commits.
#include <atomic>
#include <cstdio>
#include <libpq-fe.h>
#include <memory>
#include <thread>

#include "api/bench/bench.h"

namespace caseledger::api::bench {

namespace {

constexpr const char* schema_sql = R"(
  set client_min_messages = warning;
  drop table if exists event, chain;
  drop function if exists chain_event;
  create table event (position bigserial primary key, stream uuid not null, version int not null, bytes bytea not null, hash bytea not null,
                      unique (stream, version));
  create table chain (hash bytea not null);
  insert into chain values ('\x00');
  create function chain_event() returns trigger language plpgsql as $$
  begin
    select sha256(hash || new.bytes) into new.hash from chain for update;
    update chain set hash = new.hash;
    return new;
  end $$;
  create trigger chained before insert on event for each row execute function chain_event();
)";

using Pg = std::unique_ptr<PGconn, decltype(&PQfinish)>;

Pg connect(const std::string& how) {
  Pg connection(PQconnectdb(how.c_str()), PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    std::fprintf(stderr, "bench: PostgreSQL: %s", PQerrorMessage(connection.get()));
    std::exit(1);
  }
  return connection;
}

void run_sql(PGconn* connection, const char* sql) {
  std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection, sql), PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    std::fprintf(stderr, "bench: PostgreSQL: %s", PQerrorMessage(connection));
    std::exit(1);
  }
}

// Inserts events as one statement, which is one transaction.
void insert(PGconn* connection, std::span<const EventView> events) {
  std::string sql = "insert into event (stream, version, bytes) values ";
  std::vector<std::string> texts;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  texts.reserve(events.size() * 2);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto n = std::to_string(3 * i + 1), v = std::to_string(3 * i + 2), b = std::to_string(3 * i + 3);
    sql += (i ? "," : "") + std::string("($") + n + "::uuid,$" + v + "::int,$" + b + "::bytea)";
    texts.push_back(to_string(events[i].stream));
    texts.push_back(std::to_string(events[i].version));
    for (const std::string* text : {&texts[2 * i], &texts[2 * i + 1]}) {
      values.push_back(text->c_str());
      lengths.push_back(0);
      formats.push_back(0);
    }
    values.push_back(reinterpret_cast<const char*>(events[i].bytes.data()));
    lengths.push_back(static_cast<int>(events[i].bytes.size()));
    formats.push_back(1);
  }
  std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexecParams(connection, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), lengths.data(), formats.data(), 0), PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    std::fprintf(stderr, "bench: PostgreSQL: %s", PQerrorMessage(connection));
    std::exit(1);
  }
}

struct Work {
  std::vector<Buffer> batches;
  std::vector<std::vector<EventView>> events;  // into the batches
};

Work work_of(const Rig& rig, std::uint64_t events, std::size_t per_batch) {
  Work work{rig.signed_batches(events, per_batch), {}};
  for (const auto& batch : work.batches) {
    const auto parts = parse_batch(batch);
    auto& views = work.events.emplace_back();
    for (const Bytes event : parts->events) views.push_back(view_event(event));
  }
  return work;
}

double bulk_rate(const Options& options, const Rig& rig) {
  const Work work = work_of(rig, 64'000, 256);
  const Pg connection = connect(options.postgres);
  run_sql(connection.get(), schema_sql);
  run_sql(connection.get(), "set synchronous_commit = on");
  const double begun = wall();
  std::uint64_t done = 0;
  for (const auto& batch : work.events) {
    insert(connection.get(), batch);
    done += batch.size();
    if (wall() - begun > options.seconds) break;
  }
  return static_cast<double>(done) / (wall() - begun);
}

double single_rate(const Options& options, const Rig& rig) {
  const Work work = work_of(rig, 40'000, 1);
  run_sql(connect(options.postgres).get(), schema_sql);
  std::atomic<std::size_t> next = 0, done = 0;
  std::vector<Pg> connections;
  for (int i = 0; i < 64; ++i) connections.push_back(connect(options.postgres));
  const double begun = wall();
  std::vector<std::thread> clients;
  for (auto& connection : connections)
    clients.emplace_back([&] {
      for (std::size_t at = next++; at < work.events.size() && wall() - begun < options.seconds; at = next++) {
        insert(connection.get(), work.events[at]);
        ++done;
      }
    });
  for (auto& client : clients) client.join();
  return static_cast<double>(done) / (wall() - begun);
}

const Row* row_of(const std::vector<Row>& rows, std::string_view id) {
  for (const Row& row : rows)
    if (row.id == id) return &row;
  return nullptr;
}

Row beside(std::string id, std::string what, const Row* ledger, double rate, std::string target) {
  char text[96];
  std::snprintf(text, sizeof text, "PostgreSQL, the same events, durable: %.0f/s", rate);
  if (!ledger) return {std::move(id), std::move(what), 0, "events/s", text, std::nullopt, std::move(target)};
  return {std::move(id), std::move(what), ledger->value, ledger->unit, text, ledger->value / rate, std::move(target)};
}

}  // namespace

std::vector<Row> postgres(const Options& options, const std::vector<Row>& measured) {
  if (options.postgres.empty())
    return {{"P1b", "NOT MEASURED: no PostgreSQL to compare with (--postgres)", 0, "", "", std::nullopt, ">= 15"},
            {"P2b", "NOT MEASURED: no PostgreSQL to compare with (--postgres)", 0, "", "", std::nullopt, ">= 10"}};
  const Rig rig(options.folder / "postgres");
  return {beside("P1b", "bulk append beside PostgreSQL, 256 rows a transaction", row_of(measured, "P1"), bulk_rate(options, rig), ">= 15"),
          beside("P2b", "single-event batches over sockets beside PostgreSQL, 64 clients", row_of(measured, "P2-rate"), single_rate(options, rig), ">= 10")};
}

}  // namespace caseledger::api::bench
