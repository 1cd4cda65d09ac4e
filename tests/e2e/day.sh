#!/usr/bin/env bash
# A day with the ledger as its users have it: made, served, filled, killed, checked by a program that shares nothing with it.
#   day.sh CASELEDGER LOGCHECK
cl=$1 logcheck=$2
source "$(dirname "$0")/served.sh"

damage() {  # the byte at 3000 of a file becomes another, whatever it is
  local was
  was=$(od -An -tu1 -j 3000 -N 1 "$1")
  printf "\\$(printf %o $((was ^ 255)))" | dd of="$1" bs=1 seek=3000 conv=notrunc status=none
}

step "a new ledger"
vkey=$("$cl" init ledger --origin day.example/l/1 2>/dev/null)
expect 2 "$cl" init ledger --origin day.example/l/1
serve
expect 6 "$cl" serve ledger --listen 127.0.0.1:0
mkdir keys
cp -p ledger/keys/governor.key keys/
for role in case_system automated_source analyst supervisor privacy_officer importer; do
  "$cl" key new "keys/$role.key" --name "day-$role" >/dev/null
  expect 0 "$cl" enroll --server "$url" --log-vkey "$vkey" --as ledger/keys/governor.key --vkey "$("$cl" key show "keys/$role.key")" --organisation day --role "$role"
done
"$cl" key new stranger.key --name stranger >/dev/null
expect 7 "$cl" append --server "$url" --log-vkey "$vkey" --key stranger.key /dev/null

step "a ledger of three governors, two of whom decide"
for n in 1 2 3; do "$cl" key new "governor-$n.key" --name "governor-$n" >/dev/null; done
mv ledger first-ledger
stop
council=$("$cl" init ledger --origin day.example/l/2 --threshold 2 $(for n in 1 2 3; do echo --governor; "$cl" key show "governor-$n.key"; done) 2>/dev/null)
serve
expect 0 "$cl" append --server "$url" --log-vkey "$council" --key governor-1.key ledger/genesis.ndjson
expect 1 "$cl" enroll --server "$url" --log-vkey "$council" --as governor-1.key --vkey "$("$cl" key show stranger.key)" --organisation day --role case_system
expect 0 "$cl" proposal approve 1 --server "$url" --log-vkey "$council" --as governor-2.key
expect 0 "$cl" enroll --server "$url" --log-vkey "$council" --as governor-1.key --vkey "$("$cl" key show stranger.key)" --organisation day --role case_system
expect 7 "$cl" append --server "$url" --log-vkey "$council" --key stranger.key /dev/null
expect 1 "$cl" proposal approve 3 --server "$url" --log-vkey "$council" --as governor-1.key
expect 0 "$cl" proposal approve 3 --server "$url" --log-vkey "$council" --as governor-3.key
expect 0 "$cl" append --server "$url" --log-vkey "$council" --key stranger.key /dev/null
stop
expect 0 "$cl" audit ledger --log-vkey "$council"
rm -rf ledger && mv first-ledger ledger
serve

step "a year at 1:100, killed in the middle and taken up again"
curl -fsS "$url/checkpoint" -o old-checkpoint
plan=$("$cl" simulate national-year --cases-scale 1:100 --scale 1:100000 --plan)
wanted=$(jq -r '"\(.recovered)/\(.cases)"' <<<"$plan")
"$cl" simulate national-year --cases-scale 1:100 --scale 1:100000 --server "$url" --log-vkey "$vkey" --keys keys &
simulate=$!
sleep 0.3
killed
serve
wait "$simulate" || fail "a client lost its way when the server was killed"
folded
got=$("$cl" figures R1 --server "$url" --format csv | sed -n 2p | cut -d, -f5,6 | tr , /)
[ "$got" = "$wanted" ] || fail "R1 counts $got, the plan says $wanted"
# The same year again: every batch is answered with its original place.
before=$(sed -n 2p <(curl -fsS "$url/checkpoint"))
expect 0 "$cl" simulate national-year --cases-scale 1:100 --scale 1:100000 --server "$url" --log-vkey "$vkey" --keys keys
[ "$(sed -n 2p <(curl -fsS "$url/checkpoint"))" = "$before" ] || fail "a year appended twice was recorded twice"

step "figures recomputed by another program from the events"
"$cl" events --server "$url" --type ChildRecovered --format jsonl >recovered.jsonl
retracted=$("$cl" events --server "$url" --type RetractionDecided --format jsonl | wc -l)  # recoveries that were none
[ $(($(wc -l <recovered.jsonl) - retracted)) -eq "$(jq .recovered <<<"$plan")" ] || fail "the events hold $(wc -l <recovered.jsonl) recoveries, $retracted of them retracted"

step "an append with receipts, and a bad one"
stream=$(jq -rn 'input.event.stream' <recovered.jsonl)
version=$("$cl" events --server "$url" --stream "$stream" --format jsonl | jq -s 'map(.event.version) | max')
note() {
  printf '{"stream":"%s","kind":"case","version":%s,"type":"CaseAssigned","occurred_at":"2024-12-31T12:00:00Z","precision":"minute","operator":"op-9","jurisdiction":"US-TX","handling":"law_enforcement","body":{"to_actor":"op-10"}}\n' "$stream" "$1"
}
note $((version + 1)) >note.ndjson
expect 0 "$cl" append --server "$url" --log-vkey "$vkey" --key keys/case_system.key --receipts receipts note.ndjson
note $((version + 9)) >late.ndjson
expect 5 "$cl" append --server "$url" --log-vkey "$vkey" --key keys/case_system.key late.ndjson
printf '{"stream":' >broken.ndjson
expect 1 "$cl" append --server "$url" --log-vkey "$vkey" --key keys/case_system.key broken.ndjson
expect 0 "$cl" state "$stream" --server "$url" --format json
jq -e ".version == $((version + 1))" out.txt >/dev/null || fail "the state is not at the new version"

step "a CyberTipline report, imported and recorded; a hostile document beside it"
printf '<report><incidentSummary><incidentType>Child Sex Tourism</incidentType><incidentDateTime>2024-03-05T14:00:00-05:00</incidentDateTime></incidentSummary><reporter><reportingPerson><lastName>Nobody</lastName></reportingPerson></reporter></report>' >report.xml
printf '<reportResponse><responseCode>0</responseCode><responseDescription>Success</responseDescription><reportId>4564654</reportId></reportResponse>' >submitted.xml
printf '<!DOCTYPE report [<!ENTITY a "b">]>\n<report>&a;</report>' >hostile.xml
expect 1 "$cl" import cybertip --key keys/importer.key hostile.xml
expect 8 "$cl" import cybertip --key keys/importer.key report.xml submitted.xml hostile.xml
grep -q 'hostile.xml, line 1: has a document type declaration' err.txt || fail "the hostile document is not told by line and reason"
mv out.txt report.ndjson
expect 0 "$cl" append --server "$url" --log-vkey "$vkey" --key keys/importer.key report.ndjson
expect 8 "$cl" import cybertip --key keys/importer.key report.xml submitted.xml hostile.xml
cmp -s out.txt report.ndjson || fail "the same documents gave other lines"
expect 0 "$cl" append --server "$url" --log-vkey "$vkey" --key keys/importer.key --batch 1 report.ndjson
"$cl" events --server "$url" --stream "$(jq -rn 'input.stream' <report.ndjson)" --format jsonl >report.jsonl
[ "$(wc -l <report.jsonl)" -eq 2 ] || fail "the report's stream has $(wc -l <report.jsonl) events"
! grep -q Nobody report.jsonl || fail "a name stands in clear"

step "what is sealed is read on the record, and backed up while the server runs"
"$cl" events --server "$url" --format jsonl >all.jsonl
sealed=$(jq -rn 'first(inputs | select(.event.parts)) | .event.stream' <all.jsonl)
unseal() { expect "$1" "$cl" unseal "$sealed" --purpose missing_child --server "$url" --log-vkey "$vkey" --key "keys/$2.key"; }
unseal 7 case_system
expect 0 "$cl" backup ledger backup --vault vault.copy
unseal 0 analyst
jq -e .fields out.txt >/dev/null || fail "nothing was unsealed"
"$cl" events --server "$url" --type RecordViewed --format jsonl >viewed.jsonl
jq -se '.[-1].event.body.parts[0].event.stream == $s' --arg s "$sealed" viewed.jsonl >/dev/null || fail "it was read without a record"
expect 0 "$cl" backup ledger backup --vault vault.copy
jq -e '.before > 0 and .entries > .before' out.txt >/dev/null || fail "the second run of the backup added nothing to the first"

step "an edition is made, published, and taken from the server by someone without a key"
expect 0 "$cl" report transparency --period 2024 --dir ledger --out edition.json
cp edition.json again.json
expect 0 "$cl" report transparency --period 2024 --dir ledger --out edition.json
cmp -s edition.json again.json || fail "the same edition has other bytes the second time"
expect 2 "$cl" report transparency --dir ledger --out none.json
expect 4 "$cl" report nothing --period 2024 --dir ledger --out none.json
expect 4 "$cl" report transparency --period 2024 --dir ledger --as-of 999999999 --out none.json
expect 2 "$cl" report statutory-11295a --period 2024 --dir ledger --previous edition.json --out none.json
expect 1 "$cl" report transparency --period 2999 --dir ledger --out none.json
[ ! -e none.json ] || fail "a file was left behind by a command that failed"
sed 's/"numerator":/"numerator":1/' edition.json >other.json
expect 3 "$cl" report release other.json --dir ledger --server "$url"
grep -q 'the numerator is' err.txt || fail "the figure that the ledger does not say is not named"
expect 0 "$cl" report release edition.json --dir ledger --server "$url"
address=$(jq -r .address out.txt)
expect 5 "$cl" report release edition.json --dir ledger --server "$url"
for part in json tlog-proof event; do curl -sf -o "taken.$part" "$url$address.$part" || fail "$address.$part is not served"; done
cmp -s edition.json taken.json || fail "another edition is served than was released"
expect 0 "$cl" report list --server "$url" --format json
[ "$(jq length out.txt)" = 1 ] || fail "there is not one edition"
expect 0 "$cl" report supersede edition.json --reason "recorded since" --dir ledger --out corrected.json
expect 0 "$cl" report compare edition.json corrected.json --format json
expect 0 "$cl" report release corrected.json --dir ledger --server "$url"
expect 0 "$cl" report list --server "$url" --format json
jq -e '.[0].superseded_by == .[1].sha256' out.txt >/dev/null || fail "the first edition is not said to be superseded"
curl -sf -o front.html "$url/"
grep -q "href=\"$address.html\"" front.html || fail "the front page does not lead to the edition"

step "the independent checker walks the served log"
"$logcheck" walk --vkey "$vkey" "$url"
"$logcheck" consistency --vkey "$vkey" old-checkpoint "$url"
expect 0 "$cl" audit "$url" --log-vkey "$vkey"
expect 0 "$cl" export ledger bundle
jq -e '.editions == 2 and .withheld == 0' out.txt >/dev/null || fail "the bundle lacks an edition"
expect 0 "$cl" export ledger open-bundle --withhold case,tip
jq -e '.editions == 2 and .withheld > 0' out.txt >/dev/null || fail "the open bundle withholds nothing"
expect 0 "$cl" audit open-bundle --log-vkey "$vkey"
expect 8 "$cl" verify edition.json --log-vkey "$vkey" --bundle open-bundle
for kinds in governance nothing; do expect 2 "$cl" export ledger refused-bundle --withhold "$kinds"; done
[ ! -e refused-bundle ] || fail "a refused bundle is there"

step "closed to whoever does not show who they are"
stop
sed -i /open_reads_on_loopback/d ledger/ledger.toml
serve
answer() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
enrolled() {
  "$cl" key new "keys/$1.key" --name "day-$1" >/dev/null
  expect 0 "$cl" enroll --server "$url" --log-vkey "$vkey" --as ledger/keys/governor.key --vkey "$("$cl" key show "keys/$1.key")" --organisation "$2" --role "$3"
}
enrolled neighbour elsewhere case_system
enrolled auditor audit-office auditor
token=$("$cl" token --server "$url" --key keys/case_system.key)
[ "$(answer "$url/checkpoint")$(answer "$url/v1/events")" = 200401 ] || fail "reads are not closed"
[ "$(answer -H "Authorization: Bearer $token" "$url/v1/events")" = 200 ] || fail "a token is not accepted"
[ "$(answer -H "Authorization: Bearer x$token" "$url/v1/events")" = 401 ] || fail "a changed token is accepted"
expect 7 "$cl" events --server "$url" --limit 1
expect 7 "$cl" append --server "$url" --log-vkey "$vkey" --key stranger.key /dev/null
expect 0 "$cl" state "$stream" --server "$url" --key keys/case_system.key
expect 4 "$cl" state "$stream" --server "$url" --key keys/neighbour.key
expect 7 "$cl" figures R1 --server "$url" --key keys/case_system.key
expect 0 "$cl" figures R1 --server "$url" --key keys/auditor.key
expect 7 "$cl" audit "$url" --log-vkey "$vkey"
expect 0 "$cl" audit "$url" --log-vkey "$vkey" --key keys/auditor.key
expect 2 "$cl" serve ledger --listen 127.0.0.1:0 --client-ca ledger/vkey

step "offline: server stopped"
stop
expect 0 "$cl" verify receipts/*.tlog-proof --log-vkey "$vkey" --bundle bundle
for receipt in receipts/*.tlog-proof; do "$logcheck" receipt --vkey "$vkey" "$receipt"; done
"$logcheck" bundle --vkey "$vkey" bundle
expect 0 "$cl" verify taken.json --log-vkey "$vkey"
expect 0 "$cl" verify taken.json corrected.json --log-vkey "$vkey" --bundle bundle
sed "s/\"denominator\":${wanted#*/},/\"denominator\":1${wanted#*/},/" taken.json >forged.json
cmp -s taken.json forged.json && fail "nothing was forged"
expect 4 "$cl" verify forged.json --log-vkey "$vkey"
expect 3 "$cl" verify forged.json --log-vkey "$vkey" --bundle bundle
grep -q "the denominator is 1${wanted#*/}, not ${wanted#*/}" err.txt || fail "the forged figure is not named: $(cat err.txt)"
cp taken.event forged.event && cp taken.tlog-proof forged.tlog-proof
expect 3 "$cl" verify forged.json --log-vkey "$vkey"
for damaged in event tlog-proof; do
  cp taken.json forged.json && cp taken.event forged.event && cp taken.tlog-proof forged.tlog-proof
  for keep in 0 7 60; do
    head -c "$keep" "taken.$damaged" >"forged.$damaged"
    expect 3 "$cl" verify forged.json --log-vkey "$vkey"
    grep -q "forged.$damaged" err.txt || fail "which file is damaged is not said: $(cat err.txt)"
  done
done
cp -r bundle damaged
sed -i 's/"value":"/"value":"1/' "damaged/releases/${address#/v1/editions/}.json"
expect 3 "$cl" verify corrected.json --log-vkey "$vkey" --bundle damaged
grep -q "releases/${address#/v1/editions/}.json" err.txt || fail "the damaged edition is not named: $(cat err.txt)"
rm "damaged/releases/${address#/v1/editions/}.json"
expect 8 "$cl" verify corrected.json --log-vkey "$vkey" --bundle damaged
expect 2 "$cl" report supersede edition.json --reason " " --dir ledger --out none.json
expect 0 "$cl" audit bundle --log-vkey "$vkey"
expect 0 "$cl" audit ledger --log-vkey "$vkey"
expect 0 "$cl" audit ledger --log-vkey "$vkey" --format json
[ "$(jq '.findings | length' out.txt)" = 0 ] || fail "the audit of a sound ledger finds something: $(jq -c '.findings[:3]' out.txt)"
for reason in AuthFailed:token.malformed AuthFailed:session.unknown_key AdmissionRefused:version_conflict; do
  "$cl" events --dir ledger --type "${reason%:*}" --format jsonl | jq -e --arg code "${reason#*:}" -s 'any(.[].event.body.counts[]; .code == $code)' >/dev/null ||
    fail "$reason was not recorded"
done
expect 0 "$cl" rebuild ledger
expect 0 "$cl" figures R1 --dir ledger --format csv
[ "$(sed -n 2p out.txt | cut -d, -f5,6 | tr , /)" = "$wanted" ] || fail "R1 folded anew from the folder is another"

step "put back from the backup"
expect 0 "$cl" backup ledger backup --vault vault.copy
expect 0 "$cl" restore backup restored --vault vault.copy --last-signed ledger/last-signed --log-vkey "$vkey"
jq -e '.opened_parts > 0 and .opened_parts == .sealed_parts' out.txt >/dev/null || fail "sealed parts did not come back"
expect 0 "$cl" audit restored --log-vkey "$vkey"
expect 2 "$cl" restore backup restored --log-vkey "$vkey"
cp ledger/keys/*.key restored/keys/
expect 0 "$cl" rebuild restored
expect 0 "$cl" figures R1 --dir restored --format csv
[ "$(sed -n 2p out.txt | cut -d, -f5,6 | tr , /)" = "$wanted" ] || fail "R1 of the restored folder is another"
segment=$(find backup/segment -type f | sort | head -n 1)
damage "$segment"
expect 3 "$cl" restore backup again --log-vkey "$vkey"
[ ! -e again ] || fail "a damaged backup was put in place"

step "what governors decide: an event excised, entries published, the log's key rotated"
serve
enrolled officer day privacy_officer
governed() { expect 0 "$cl" proposal "$@" --server "$url" --log-vkey "$vkey"; }
last=$("$cl" events --server "$url" --key keys/auditor.key --stream "$stream" --format jsonl | jq -s 'map(.event.version) | max')
note $((last + 1)) | sed s/op-10/op-to-be-forgotten/ >forgotten.ndjson
expect 0 "$cl" append --server "$url" --log-vkey "$vkey" --key keys/case_system.key --receipts forgotten forgotten.ndjson
note $((last + 2)) >after.ndjson
expect 0 "$cl" append --server "$url" --log-vkey "$vkey" --key keys/case_system.key after.ndjson
expect 0 "$cl" backup ledger second-backup
grep -rqF op-to-be-forgotten ledger second-backup || fail "nothing is there to be excised"
governed excise "$stream" $((last + 1)) --authority court-3/117 --as keys/officer.key
proposed=$(jq .version out.txt)
expect 7 "$cl" proposal approve "$proposed" --server "$url" --log-vkey "$vkey" --as keys/case_system.key
governed approve "$proposed" --as ledger/keys/governor.key
for _ in $(seq 100); do [ -e ledger/store/excising ] || break; sleep 0.1; done
sleep 3
! grep -rlF op-to-be-forgotten ledger || fail "an excised event is still there"
expect 0 "$cl" events --dir ledger --stream "$stream" --format csv
grep -q "excised by order of court-3/117" out.txt || fail "the place of an excised event is not told"
for source in "--dir ledger" "--server $url --key keys/auditor.key"; do
  expect 0 "$cl" events $source --format jsonl
  [ "$(jq -s 'map(.position) == (map(.position) | sort | unique) and (map(select(.excised.authority == "court-3/117")) | length == 1)' out.txt)" = true ] || fail "the place of an excised event is not told among all events"
done
expect 0 "$cl" backup ledger second-backup
! grep -rlF op-to-be-forgotten second-backup || fail "an excised event is still in the backup"
expect 0 "$cl" verify forgotten/*.tlog-proof --log-vkey "$vkey"
expect 7 "$cl" audit "$url" --log-vkey "$vkey"
governed publish-entries --as ledger/keys/governor.key
expect 0 "$cl" audit "$url" --log-vkey "$vkey"
from=$(($(sed -n 2p <(curl -fsS "$url/checkpoint")) + 3))
expect 0 "$cl" key rotate ledger --from-size "$from" --as ledger/keys/governor.key --server "$url" --log-vkey "$vkey"
killed
serve
for more in 3 4 5; do
  note $((last + more)) >more.ndjson
  expect 0 "$cl" append --server "$url" --log-vkey "$vkey" --key keys/case_system.key --receipts "rotated-$more" more.ndjson
done
for _ in $(seq 50); do [ "$(cat ledger/vkey)" = "$vkey" ] || break; sleep 0.1; done
fresh=$(cat ledger/vkey)
[ "$fresh" != "$vkey" ] || fail "the log has the key it had"
expect 0 "$cl" audit "$url" --log-vkey "$vkey"
expect 0 "$cl" audit "$url" --log-vkey "$fresh"
"$logcheck" walk --vkey "$fresh" "$url"
expect 3 "$cl" verify rotated-5/*.tlog-proof --log-vkey "$vkey"
expect 0 "$cl" verify rotated-5/*.tlog-proof receipts/*.tlog-proof --log-vkey "$vkey" --log-vkey "$fresh"
stop
expect 0 "$cl" export ledger last-bundle
"$logcheck" bundle --vkey "$fresh" last-bundle
expect 0 "$cl" backup ledger second-backup --vault second-vault.copy
expect 0 "$cl" restore second-backup last-restored --vault second-vault.copy --log-vkey "$vkey" --last-signed ledger/last-signed
for key in "$vkey" "$fresh"; do
  for where in last-bundle ledger last-restored; do
    expect 0 "$cl" audit "$where" --log-vkey "$key" --format json
    jq -e '.counts.excised_events == 1 and .findings == []' out.txt >/dev/null || fail "the audit of $where: $(jq -c '.counts, .findings' out.txt)"
  done
done

step "tampering is found"
sed 's/^index .*/index 1/' receipts/*.tlog-proof >forged.tlog-proof
expect 3 "$cl" verify forged.tlog-proof --log-vkey "$vkey"
file=$(find bundle/batch -type f | head -n 1)
damage "$file"
expect 3 "$cl" audit bundle --log-vkey "$vkey"
expect 4 "$cl" audit nowhere
expect 2 "$cl" figures
echo "a day with the ledger: everything as promised"
