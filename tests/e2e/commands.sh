#!/usr/bin/env bash
# Every command that reads, used as it should be and with rubbish: its exit code, one sentence where it fails, and data alone on stdout.
#   commands.sh CASELEDGER
cl=$1
source "$(dirname "$0")/served.sh"
said() { grep -qF -- "$1" out.txt || { cat out.txt >&2; fail "expected to read: $1"; }; }
complained() { grep -qF -- "$1" err.txt || { cat err.txt >&2; fail "expected to be told: $1"; }; }
lines() { [ "$(wc -l <out.txt)" -eq "$1" ] || { cat out.txt >&2; fail "wanted $1 lines"; }; }
at() { sleep 0.01; date -u +%Y-%m-%dT%H:%M:%S.%6NZ; }

"$cl" init ledger --origin commands.example/l/1 >vkey 2>/dev/null
serve
for key in desk:case_system head:supervisor board:oversight office:auditor other:case_system; do
  name=${key%%:*} role=${key##*:}
  "$cl" key new "$name.key" --name "$name" >/dev/null
  expect 0 "$cl" enroll --server "$url" --log-vkey "$(cat vkey)" --as ledger/keys/governor.key --vkey "$("$cl" key show "$name.key")" --organisation "$([ "$name" = other ] && echo other || echo one)" --role "$role"
done
append() { expect 0 "$cl" append --server "$url" --log-vkey "$(cat vkey)" --key "$1" "$2"; }

file=0192f0c1-7b1e-7c3a-9d2e-5f60718293a4 queued=0192f0c1-7b1e-7c3a-9d2e-5f60718293a6
envelope='"occurred_at":"2024-03-05T14:00:00-05:00","precision":"minute","operator":"op-1","jurisdiction":"US-TX","purpose":"missing_child","legal_basis":"statute","handling":"law_enforcement"'
opened='"type":"CaseOpened","body":{"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00-05:00","precision":"minute"}],"missing_from":{"state":"US-TX","county":"48201"},"state_care":false,"episode_no":1}'
cat >first.ndjson <<END
{"stream":"$file","kind":"case","version":1,$envelope,$opened}
{"stream":"$queued","kind":"case","version":1,$envelope,$opened}
{"stream":"$queued","kind":"case","version":2,$envelope,"type":"TriageQueueEntered","body":{"queue":"triage","entered_at":"2024-03-05T20:00:00Z"}}
END
cat >second.ndjson <<END
{"stream":"$file","kind":"case","version":2,$envelope,"type":"CaseReclassified","body":{"field":"case_type","from":"ERU","to":"NFA","reason_code":"found_out"}}
END
append desk.key first.ndjson
before=$(at)
append desk.key second.ndjson
after=$(at)

step "events: by kind, type, jurisdiction and time; as lines, a table, JSON and CSV; from a server and from a folder alike"
for source in "--server $url --key desk.key" "--dir ledger"; do
  expect 0 "$cl" events $source --kind case; lines 4
  expect 0 "$cl" events $source --type CaseOpened; lines 2
  expect 0 "$cl" events $source --type CaseOpened --type CaseReclassified --limit 2; lines 2
  expect 0 "$cl" events $source --jurisdiction US --kind case --limit 1; lines 1
  expect 0 "$cl" events $source --jurisdiction US-OH; lines 0
  expect 0 "$cl" events $source --since "$before" --until "$after"; lines 1; said CaseReclassified
  expect 0 "$cl" events $source --until "$before" --type CaseReclassified; lines 0
  expect 0 "$cl" events $source --stream $queued; lines 2
  expect 0 "$cl" events $source --stream $queued --type TriageQueueEntered; lines 1
  expect 0 "$cl" events $source --stream $queued --limit 1; lines 1
  expect 0 "$cl" events $source --kind case --format csv; lines 5; said 'position,recorded_at,kind'
  expect 0 "$cl" events $source --kind case --format json; jq -e 'length == 4' out.txt >/dev/null || fail "no JSON array"
  expect 0 "$cl" events $source --kind case --format table; lines 4
  expect 2 "$cl" events $source --kind cases
  expect 2 "$cl" events $source --type caseopened
  expect 2 "$cl" events $source --since yesterday
  expect 2 "$cl" events $source --stream nonsense
  expect 2 "$cl" events $source --limit many
  expect 2 "$cl" events $source --format xml
  expect 4 "$cl" events $source --stream 0192f0c1-7b1e-7c3a-9d2e-000000000000
done
expect 2 "$cl" events
expect 2 "$cl" events --server "$url" --dir ledger
CASELEDGER_SERVER=http://127.0.0.1:1 expect 0 "$cl" events --dir ledger --kind case; lines 4
expect 2 "$cl" events --server "$url" --key desk.key --follow --since "$before"
expect 0 timeout 20 "$cl" events --server "$url" --key desk.key --follow --kind case --limit 2 --format csv; lines 3; said 'CaseOpened'
expect 2 "$cl" events --server nonsense
expect 4 "$cl" events --dir nowhere
expect 1 "$cl" events --server "$url" --key nowhere.key
expect 6 "$cl" events --server http://127.0.0.1:1; complained 'cannot reach 127.0.0.1:1: Connection refused (unavailable)'
expect 6 "$cl" events --server http://127.0.0.1:1 --key desk.key; complained '(unavailable)'
expect 6 "$cl" append --server http://127.0.0.1:1 --log-vkey "$(cat vkey)" --key desk.key first.ndjson; complained 'cannot reach 127.0.0.1:1: Connection refused (unavailable)'
expect 6 "$cl" events --server http://ledger.invalid; complained 'cannot reach ledger.invalid:80: '
expect 7 "$cl" events --server "$url" --key board.key

step "state: as of, as at, and what changed since"
for source in "--server $url --key desk.key" "--dir ledger"; do
  expect 0 "$cl" state $file $source; said 'case.case_type: NFA'
  expect 0 "$cl" state $file $source --as-of "$before"; said 'case.case_type: ERU'
  expect 0 "$cl" state $file $source --as-at 2024-03-06T00:00:00Z --format json; jq -e '.version == 2' out.txt >/dev/null || fail "as at"
  expect 4 "$cl" state $file $source --as-at 2023-01-01T00:00:00Z
  expect 4 "$cl" state $file $source --as-of entries:1
  expect 4 "$cl" state $file $source --as-of entries:1000
  expect 0 "$cl" state $file $source --since "$before"; said 'case.case_type  ERU   NFA'; said 'events that came'
  expect 0 "$cl" state $file $source --since "$after"; said 'nothing changed'
  expect 0 "$cl" state $file $source --since entries:0 --as-of "$before" --format json; jq -e '(.events | length) == 1 and .amended == []' out.txt >/dev/null || fail "changes"
  expect 0 "$cl" state $file $source --since "$before" --format csv; lines 3
  expect 2 "$cl" state $file $source --since "$after" --as-of "$before"
  expect 2 "$cl" state $file $source --as-of yesterday
  expect 2 "$cl" state $file $source --as-at 2024
  expect 2 "$cl" state nonsense $source
  expect 2 "$cl" state $file $source --since "$before" --as-at "$before"
  expect 4 "$cl" state 0192f0c1-7b1e-7c3a-9d2e-000000000000 $source
done
expect 4 "$cl" state $file --server "$url" --key other.key
expect 2 "$cl" state

step "queues: what waits, of what the key may read"
for source in "--server $url --key desk.key" "--dir ledger"; do
  expect 0 "$cl" queues $source; lines 2; said 'triage        1'
  expect 0 "$cl" queues triage $source --priority none --kind case --jurisdiction US; lines 2; said "$queued"
  expect 0 "$cl" queues triage $source --overdue --format csv; lines 1
  expect 0 "$cl" queues triage $source --priority P0 --format csv; lines 1
  expect 0 "$cl" queues triage $source --format jsonl; jq -e '.kind == "case" and .overdue == false' out.txt >/dev/null || fail "an item as JSON"
  expect 2 "$cl" queues triage $source --priority P9
  expect 2 "$cl" queues triage $source --kind cases
done
expect 0 "$cl" queues nobody --server "$url" --key desk.key --format json; said '[]'
expect 4 "$cl" queues nobody --dir ledger; grep -q 'there are: triage' err.txt || fail "which queues there are is not told"
expect 0 "$cl" queues --server "$url" --key other.key --format json; said '[]'
expect 7 "$cl" queues --server "$url" --key board.key
expect 2 "$cl" queues --server "$url" --as-of "$before"
expect 4 "$cl" queues triage --dir ledger --as-of entries:1

step "figures: at the head and as of an earlier point"
for source in "--server $url --key office.key" "--dir ledger"; do
  expect 0 "$cl" figures cases $source --format csv; said 'cases,,2'
  expect 0 "$cl" figures cases $source --as-of entries:1 --format csv; said 'cases,,0'
  expect 0 "$cl" figures cases $source --by jurisdiction,phase --format json; jq -e '.[0].group.jurisdiction == "US-TX"' out.txt >/dev/null || fail "split"
  expect 0 "$cl" figures cases --events $source --format csv; lines 3; said "$file,case"
  expect 0 "$cl" figures cases --events --as-of entries:1 $source --format jsonl; lines 0
  expect 2 "$cl" figures --events $source
  expect 4 "$cl" figures R99 --events $source
  expect 4 "$cl" figures R99 $source
  expect 2 "$cl" figures cases $source --by colour
  expect 2 "$cl" figures cases $source --period March
  expect 2 "$cl" figures cases $source --as-of yesterday
done
expect 7 "$cl" figures --server "$url" --key desk.key

step "what events prints can be appended elsewhere"
"$cl" events --dir ledger --kind case >out.ndjson
"$cl" init copy --origin commands.example/l/2 >copy.vkey 2>/dev/null
stop
serve copy
expect 0 "$cl" enroll --server "$url" --log-vkey "$(cat copy.vkey)" --as copy/keys/governor.key --vkey "$("$cl" key show desk.key)" --organisation one --role case_system
expect 0 "$cl" append --server "$url" --log-vkey "$(cat copy.vkey)" --key desk.key out.ndjson
cmp <("$cl" events --dir ledger --kind case | jq -c .event) <("$cl" events --dir copy --kind case | jq -c .event) || fail "the copy differs"
stop
serve

step "audit, verify and the rest: rubbish is refused with a sentence"
expect 0 "$cl" audit ledger --format json; jq -e .sound out.txt >/dev/null || fail "not sound"
expect 0 "$cl" audit "$url" --key office.key --log-vkey "$(cat vkey)"
expect 7 "$cl" audit "$url" --key board.key --log-vkey "$(cat vkey)"
expect 4 "$cl" audit nowhere
expect 2 "$cl" audit
expect 2 "$cl" audit ledger --format xml
expect 2 "$cl" verify first.ndjson
expect 1 "$cl" verify first.ndjson --log-vkey "$(cat vkey)"
expect 4 "$cl" verify nowhere --log-vkey "$(cat vkey)"
expect 2 "$cl"
expect 2 "$cl" nonsense
expect 0 "$cl" --help
for command in init serve export rebuild key token enroll proposal append import simulate events replay state queues figures report backup restore erase hold due unseal verify audit bench completion; do
  expect 0 "$cl" $command --help
  said Examples:
  expect 2 "$cl" $command --nonsense
done
printf '{"stream":\n' >bad.ndjson
expect 1 "$cl" append --server "$url" --log-vkey "$(cat vkey)" --key desk.key bad.ndjson
grep -q 'line 1' err.txt || fail "which line is bad is not said"
printf '\xff\xfe\x00rubbish\n' >bad.ndjson
expect 1 "$cl" append --server "$url" --log-vkey "$(cat vkey)" --key desk.key bad.ndjson
printf '{"position":1,"event":"nonsense"}\n' >bad.ndjson
expect 1 "$cl" append --server "$url" --log-vkey "$(cat vkey)" --key desk.key bad.ndjson

step "what standard output does not take is no success; a reader that has enough is none of our failures"
for command in "report list --dir ledger" "events --dir ledger" "figures cases --dir ledger" "audit ledger" "completion bash" "--help"; do
  got=0
  "$cl" $command >/dev/full 2>err.txt || got=$?
  [ "$got" -eq 1 ] || fail "$command wrote nowhere and ended with $got"
  grep -q 'standard output' err.txt || fail "$command does not say that its output was lost"
done
"$cl" completion bash | true || fail "a reader that went away is an error"
expect 1 "$cl" report transparency --period 2024 --dir ledger --out none/edition.json; grep -q 'No such file' err.txt || fail "why the file was not written is not said"

step "a correction: the event as it was printed, put right; asked for by one, decided by another"
"$cl" events --dir ledger --stream $file --type CaseReclassified --format jsonl |
  jq -c --argjson envelope "{$envelope}" '{stream: .event.stream, kind: "case", version: 3} + $envelope + {type: "CorrectionRequested",
    body: {target: {stream: .event.stream, version: 2}, reason_code: "typo", replacement: (.event | .body.to = "LIM")}}' >asks.ndjson
append desk.key asks.ndjson
echo "{\"stream\":\"$file\",\"kind\":\"case\",\"version\":4,${envelope/op-1/op-2},\"type\":\"CorrectionDecided\",\"causes\":[{\"stream\":\"$file\",\"version\":3}],\"body\":{\"request\":{\"stream\":\"$file\",\"version\":3},\"decision\":\"approved\"}}" >decides.ndjson
append head.key decides.ndjson
expect 0 "$cl" state $file --dir ledger; said 'case.case_type: LIM'

step "numbers are whole and in decimal digits"
for wrong in -1 0x10 010 1.5 99999999999999999999 +1 ""; do expect 2 "$cl" events --dir ledger --limit "$wrong"; done

step "what is written wrongly on the command line is a matter of usage"
as="--server $url --log-vkey $(cat vkey) --key desk.key"
for wrong in "unseal zz --purpose check" "erase zz --basis gdpr17" "erase $file --basis nothing" "hold zz --authority court" "hold $file --authority court --until soon"; do expect 2 "$cl" $wrong $as; done
for wrong in "enroll --server $url --as ledger/keys/governor.key --vkey zz --organisation one --role analyst" "audit ledger --log-vkey zz" "restore ledger new --log-vkey zz" "init new --origin commands.example/l/2 --governor zz"; do expect 2 "$cl" $wrong; done
for command in "backup nowhere new" "due nowhere" "rebuild nowhere" "export nowhere new" "serve nowhere"; do expect 4 "$cl" $command; done

step "connections leave the stores their files, and who finds all of them taken is told so"
stop
printf '#!/bin/sh\nulimit -n 300\nexec "%s" "$@"\n' "$cl" >few && chmod +x few
cl=$dir/few serve
held=()
for _ in $(seq 140); do exec {fd}<>"/dev/tcp/127.0.0.1/$port" && held+=("$fd"); done
curl -s "$url/readyz" >out.txt || fail "who comes when all connections are taken is not answered"
said 'all 132 connections of the server are taken'
for fd in "${held[@]}"; do exec {fd}>&-; done
for _ in $(seq 100); do curl -fs -o /dev/null "$url/readyz" && break; sleep 0.05; done
expect 0 "$cl" events --server "$url" --key desk.key --kind case --limit 1; lines 1

step "completion"
for shell in bash zsh fish; do expect 0 "$cl" completion $shell; done
expect 2 "$cl" completion tcsh
complete_with() { bash -c 'source <("$1" completion bash); shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _caseledger; printf "%s\n" "${COMPREPLY[@]}"' - "$cl" "$@"; }
[ "$(complete_with caseledger figu)" = figures ] || fail "a command is not completed"
[ "$(complete_with caseledger events --juris)" = --jurisdiction ] || fail "an option is not completed"
[ "$(complete_with caseledger proposal li)" = list ] || fail "a command beneath another is not completed"
[ "$(complete_with caseledger events --format js | xargs)" = "json jsonl" ] || fail "a value is not completed"
[ "$(complete_with caseledger events --format = ta)" = table ] || fail "a value behind = is not completed"
[ "$(complete_with caseledger report trans)" = transparency ] || fail "an argument is not completed"
[ -z "$(complete_with caseledger events --dir led)" ] || fail "words are offered where a file is wanted"
if command -v zsh >/dev/null; then zsh -n <("$cl" completion zsh); else step "SKIPPED: no zsh here, its completion is not tried"; fi
fish_completes() { fish --no-config -c "source (\"$cl\" completion fish | psub); complete -C '$1'" | cut -f1 | xargs; }
if command -v fish >/dev/null; then
  [ "$(fish_completes 'caseledger report li')" = list ] || fail "fish does not complete a command beneath another"
  [ "$(fish_completes 'caseledger events --format js')" = "json jsonl" ] || fail "fish does not complete a value"
  [ "$(fish_completes 'caseledger init vke')" = vkey ] || fail "fish does not complete a file"
else step "SKIPPED: no fish here, its completion is not tried"; fi

stop
step "done"
