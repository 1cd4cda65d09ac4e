#!/usr/bin/env bash
# Every kind of page in a real Chromium: run.sh TESTS, the test program, which writes the pages.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
for tool in node npm chromium; do
  command -v "$tool" >/dev/null || { echo "tests/browser needs $tool; scripts/test installs it" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/package.json "$here"/package-lock.json "$here"/.npmrc "$here"/*.test.mjs "$work"
mkdir "$work/pages"
CASELEDGER_PAGES=$work/pages "$1" '[pages]' >"$work/log" || { cat "$work/log" >&2; exit 1; }
cd "$work"
npm ci --silent
PAGES=$work/pages node --test --test-reporter=spec pages.test.mjs
