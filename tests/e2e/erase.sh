#!/usr/bin/env bash
# Erasing people from a ledger that is served over TLS, to whoever has a certificate, and killed half-way, again and again.
#   erase.sh CASELEDGER [rounds]
cl=$1 rounds=${2:-8}
source "$(dirname "$0")/served.sh"
url=https://localhost:$port tls=(--tls-cert cert.pem --tls-key key.pem --client-ca client.pem)
uuid() { printf '0192f0c1-%04x-7%03x-8%03x-%06x%06x' $((RANDOM)) $((RANDOM % 4096)) $((RANDOM % 4096)) $((RANDOM)) $((RANDOM)); }

step "a ledger over TLS"
certificate() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1" -out "$2" -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null; }
certificate key.pem cert.pem
certificate client-key.pem client.pem
certificate other-key.pem other.pem
export CASELEDGER_CA=$dir/cert.pem CASELEDGER_CERT=$dir/client.pem CASELEDGER_CERT_KEY=$dir/client-key.pem CASELEDGER_SERVER=$url
export CURL_HOME=$dir
printf 'cacert = "%s"\ncert = "%s"\nkey = "%s"\n' "$CASELEDGER_CA" "$CASELEDGER_CERT" "$CASELEDGER_CERT_KEY" >.curlrc
CASELEDGER_LOG_VKEY=$("$cl" init ledger --origin erase.example/l/1 2>/dev/null)
export CASELEDGER_LOG_VKEY
sed -i "1i authorities = [\"localhost:$port\"]" ledger/ledger.toml
serve
expect 7 env CASELEDGER_CERT= CASELEDGER_CERT_KEY= "$cl" events
grep -q 'demands a client certificate' err.txt || fail "without a certificate: $(cat err.txt)"
expect 7 env CASELEDGER_CERT="$dir/other.pem" CASELEDGER_CERT_KEY="$dir/other-key.pem" "$cl" events
expect 7 env CASELEDGER_CA="$dir/other.pem" "$cl" events
expect 2 env CASELEDGER_CERT_KEY= "$cl" events
for role in case_system privacy_officer analyst auditor; do
  "$cl" key new "$role.key" --name "erase-$role" >/dev/null
  expect 0 "$cl" enroll --as ledger/keys/governor.key --vkey "$("$cl" key show "$role.key")" --organisation erase --role "$role"
done

kept=$(uuid) going=$(uuid) secret=Quintanilla-$RANDOM$RANDOM
opened() { printf '{"stream":"%s","kind":"case","version":1,"type":"CaseOpened","occurred_at":"2024-03-05T14:00:00Z","precision":"minute","operator":"op-1","jurisdiction":"US-TX","handling":"internal","body":{"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2024-03-05T14:00:00Z","precision":"minute"}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1}}\n' "$1"; }
note() { printf '{"stream":"%s","kind":"case","version":%d,"type":"CaseStatusNoted","occurred_at":"2024-03-05T14:00:00Z","precision":"minute","operator":"op-1","jurisdiction":"US-TX","handling":"internal","body":{"category":"contact"},"sealed":[{"subject":"%s","handling":"law_enforcement","fields":{"note":"%s"}}]}\n' "$1" "$2" "$3" "$secret"; }
{ opened "$kept"; opened "$going"; } >cases.ndjson
expect 0 "$cl" append --key case_system.key cases.ndjson
people=() version=1
unseal() { "$cl" unseal "$1" --version "$2" --purpose missing_child --key analyst.key >out.txt 2>err.txt; }

for round in $(seq "$rounds"); do
  whole=$(uuid) partly=$(uuid) stays=$(uuid)
  for person in "$whole" "$partly" "$stays"; do
    version=$((version + 1))
    note "$kept" "$version" "$person"
    note "$going" "$version" "$person"
  done >notes.ndjson
  expect 0 "$cl" append --key case_system.key notes.ndjson
  people+=("$whole:$((version - 2))" "$partly:$((version - 1))" "$stays:$version")
  for person in "$whole" "$partly"; do expect 0 "$cl" erase "$person" --basis gdpr17 --key case_system.key --operator op-1; done
  # Whichever the kill comes before is simply decided again.
  decide() {
    local both=("$cl" erase --basis gdpr17 --key privacy_officer.key --operator op-2 --decide 1)
    "${both[@]}" "$partly" --outcome partial --exception art17-3e --spare "$kept" >/dev/null 2>&1 || true
    "${both[@]}" "$whole" --outcome granted >/dev/null 2>&1 || true
  }
  decide &
  deciding=$!
  sleep "0.$(printf %03d $((30 + RANDOM % 200)))"
  killed
  serve
  wait "$deciding"
  decide
  for person in "$whole" "$partly"; do
    for _ in $(seq 100); do
      "$cl" events --stream "$person" --key auditor.key --format jsonl | grep -q ErasureExecuted && break
      sleep 0.05
    done
    "$cl" events --stream "$person" --key auditor.key --format jsonl | grep -q ErasureExecuted || fail "round $round: nobody carried out the erasure of $person"
  done
done

step "what was erased is gone, what was spared is read, nothing is found by the audit"
for each in "${people[@]}"; do
  person=${each%:*} version=${each#*:}
  streams=$("$cl" events --stream "$person" --key auditor.key --format jsonl 2>/dev/null || true)
  case $streams in
    *partial*) unseal "$kept" "$version" || fail "what was spared of $person is not read"; ! unseal "$going" "$version" || fail "what was not spared of $person is read" ;;
    *ErasureExecuted*) ! unseal "$kept" "$version" && ! unseal "$going" "$version" || fail "$person is read after the erasure" ;;
    *) unseal "$kept" "$version" && unseal "$going" "$version" || fail "$person, whom nobody erased, is not read" ;;
  esac
done
expect 0 "$cl" audit "$url" --key auditor.key

step "the folder, and a restore of it"
stop
expect 0 "$cl" backup ledger backup --vault vault.copy
! grep -rlq "$secret" ledger backup || fail "plaintext lies in $(grep -rl "$secret" ledger backup | head -1)"
expect 0 "$cl" audit ledger --format json
jq -e '.findings == []' out.txt >/dev/null || fail "the audit of the folder finds something: $(jq -c .findings out.txt | head -c 400)"
expect 0 "$cl" restore backup restored --vault vault.copy --last-signed ledger/last-signed
jq -e ".erased_subjects == $((2 * rounds)) and .opened_parts == $((3 * rounds))" out.txt >/dev/null || fail "the restore says $(cat out.txt)"

step "a backup of what was killed in the middle of an erasure: restored and served, the erasure is done, and nothing of it comes back"
serve
last=$(uuid)
version=$((version + 1))
note "$kept" "$version" "$last" >notes.ndjson
expect 0 "$cl" append --key case_system.key notes.ndjson
expect 0 "$cl" erase "$last" --basis gdpr17 --key case_system.key --operator op-1
stop
expect 0 "$cl" backup ledger before --vault before.copy
for vault in late.copy before.copy; do  # of after the kill; of a day before, with a key that has gone since
  rm -rf halfway late late.copy again
  cp -a ledger halfway
  serve halfway
  expect 0 "$cl" erase "$last" --basis gdpr17 --key privacy_officer.key --operator op-2 --decide 1 --outcome granted
  killed
  expect 0 "$cl" backup halfway late --vault late.copy
  expect 0 "$cl" restore late again --vault "$vault" --last-signed halfway/last-signed
  cp -a ledger/keys/. again/keys/
  serve again
  for _ in $(seq 100); do
    "$cl" events --stream "$last" --key auditor.key --format jsonl | grep -q ErasureExecuted && break
    sleep 0.05
  done
  "$cl" events --stream "$last" --key auditor.key --format jsonl | grep -q ErasureExecuted || fail "nobody carried out the erasure after the restore"
  ! unseal "$kept" "$version" || fail "what was erased is read after the restore"
  stop
  expect 0 "$cl" audit again --format json
  jq -e '.findings == []' out.txt >/dev/null || fail "the audit of what was restored finds something: $(jq -c .findings out.txt | head -c 400)"
done
step "all is well"
