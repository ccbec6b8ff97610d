#!/usr/bin/env bash
# Fuzzes every target of the project for the given time each (default 60s).
set -euo pipefail
cd "$(dirname "$0")/.."
span="${1:-60s}"
grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u | while read -r dir; do
  grep -rhoE '^func (Fuzz[A-Za-z0-9_]*)' "$dir"/*_test.go | awk '{print $2}' | sort -u | while read -r target; do
    echo "-- $dir $target"
    go test "$dir" -run='^$' -fuzz="^$target\$" -fuzztime="$span"
  done
done
