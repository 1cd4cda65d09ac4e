# Shared by the ways through the program: a folder of their own, a server that ends with them, commands held to their exit code. Meant to be
# sourced; $cl is the program.
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
exec </dev/null
port=$((20000 + RANDOM % 12000))  # below those that systems give to clients
url=http://127.0.0.1:$port
tls=()  # options of serve

step() { printf '── %s\n' "$*"; }
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  [ ! -f serve.log ] || tail -n 5 serve.log >&2
  exit 1
}

# expect CODE command…: into out.txt and err.txt. What fails says so, and says no more.
expect() {
  local want=$1 got=0
  shift
  "$@" >out.txt 2>err.txt || got=$?
  [ "$got" -eq "$want" ] || { cat out.txt err.txt >&2; fail "$* ended with $got, wanted $want"; }
  [ "$got" -eq 0 ] || [ -s err.txt ] || [ -s out.txt ] || fail "$* ended with $got and said nothing"
  ! grep -qiE 'terminate called|std::|what\(\)|boost|Assertion' err.txt || { cat err.txt >&2; fail "$* speaks of its insides"; }
}

# serve [FOLDER]: at $url until stop; $server is its process.
serve() {
  "$cl" serve "${1:-ledger}" --listen "127.0.0.1:$port" "${tls[@]}" >>serve.log 2>&1 &
  server=$!
  for _ in $(seq 400); do
    curl -fsS -o /dev/null "$url/readyz" 2>/dev/null && return
    kill -0 "$server" 2>/dev/null || fail "the server did not start"
    sleep 0.05
  done
  fail "the server is not ready"
}
# Until the projections have what was recorded: figures are answered as of what they have.
folded() {
  for _ in $(seq 400); do
    [ "$(curl -fsS "$url/metrics" | sed -n 's/^caseledger_projection_lag_entries //p')" = 0 ] && return
    sleep 0.05
  done
  fail "the projections do not follow"
}
stop() {
  kill -TERM "$server"
  wait "$server" || fail "the server did not end well on SIGTERM"
  server=
}
killed() {
  kill -9 "$server"
  wait "$server" 2>/dev/null || true
  server=
}
