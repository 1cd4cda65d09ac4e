#!/usr/bin/env bash
# Published CyberTipline years through the whole program: appended over the wire, told by an edition, every table as planned; and what it took.
#   annual.sh CASELEDGER [1:N [YEAR…]]        1:1000 and all four years without them; of 1:1 see docs/published-years.md
set -euo pipefail
cl=$1 scale=${2:-1:1000} years=("${@:3}")
source "$(dirname "$0")/served.sh"
[ ${#years[@]} -gt 0 ] || years=(2020 2021 2022 2023)

# What the plan says of each table, as the edition's rows: table, group, count. Rows of nothing are left out.
planned() {
  jq -r '
    def rows(table): to_entries[] | select(.value > 0) | [table, .key, .value];
    ["CT.reports", "", .reports],
    ({esp: (.reports - .by_public), public: .by_public} | rows("CT.reports by source")),
    (.user_location | rows("CT.user_location by user_location")),
    (.reports_by_incident_type | rows("CT.incident_type by incident_type")),
    ({image: .files.images, video: .files.videos, other: .files.other} | rows("CT.files by file_type")),
    (.reports_by_country | with_entries(.key |= if . == "" then "not_listed" else . end) | rows("CT.country by country")),
    (.reports_by_state | with_entries(.key |= "US-" + .) | rows("CT.state by state")),
    ({"not_stated": (.user_location.us - ([.reports_by_state[]] | add // 0))} | rows("CT.state by state")),
    ([.referrals | to_entries[] | .key as $class | .value | to_entries[] | {key: ($class + " " + .key), value}] | from_entries
      | rows("CT.referrals by recipient_class detail")),
    (.feedback | rows("CT.feedback by recipient_class"))
    | join("\t")' plan.json | sort
}
told() {
  jq -r '.sections[].tables[] | (.id + if .by then " by " + (.by | join(" ")) else "" end) as $table
    | .rows[] | select(.numerator > 0) | [$table, ((.group // []) | join(" ")), .numerator] | join("\t")' edition.json |
    grep -P '^(CT.reports\t| *CT\.\S+ by )' | sort
}
seconds() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(seconds)" 'BEGIN { printf "%.1f s", b - a }'; }
resident() { awk '/VmHWM/ { at_most = $2 } /VmRSS/ { now = $2 } END { printf "%d MB resident, %d at most", now / 1024, at_most / 1024 }' "/proc/$server/status"; }

for year in "${years[@]}"; do
  step "$year at $scale"
  rm -rf ledger keys
  vkey=$("$cl" init ledger --origin "annual.example/l/$year" 2>/dev/null)
  serve
  mkdir keys
  "$cl" key new keys/case_system.key --name annual >/dev/null
  expect 0 "$cl" enroll --server "$url" --log-vkey "$vkey" --as ledger/keys/governor.key --vkey "$("$cl" key show keys/case_system.key)" --organisation annual --role case_system
  "$cl" simulate cybertipline-annual --year "$year" --scale "$scale" --plan >plan.json
  begun=$(seconds)
  expect 0 "$cl" simulate cybertipline-annual --year "$year" --scale "$scale" --server "$url" --log-vkey "$vkey" --keys keys
  echo "appended in $(since "$begun"); $(resident)"
  size=$(curl -fsS "$url/checkpoint" | sed -n 2p)
  edition() { expect 0 "$cl" report cybertipline-annual --period "$year" --server "$url" --out edition.json; }
  begun=$(seconds)
  until edition && [ "$(jq .as_of.size edition.json)" -ge "$size" ]; do sleep 0.5; done
  echo "counted $(since "$begun") later; $(resident)"
  begun=$(seconds)
  edition
  echo "edition in $(since "$begun")"
  jq -e 'all(.checks[]; .holds)' edition.json >/dev/null || fail "a check of the edition of $year does not hold"
  ! grep -q '"withheld"' edition.json || fail "the edition of $year withholds something"
  diff <(planned) <(told) >differing.txt || { cat differing.txt >&2; fail "the edition of $year is not the plan"; }
  echo "$(planned | wc -l) rows as planned; $(resident)"
  stop
  echo "$(du -sm ledger | cut -f1) MB on disk"
  begun=$(seconds)
  expect 0 "$cl" audit ledger --log-vkey "$vkey"
  echo "audited in $(since "$begun")"
done
step "every year as it was published"
