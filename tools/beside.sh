#!/usr/bin/env bash
# Runs a command that mostly waits beside one that mostly computes, and fails if one of them fails.
#     tools/beside.sh LOG WAITING COMPUTING
# Both are lines for the shell. What the waiting one prints goes into LOG, and is shown once both have ended.
set -uo pipefail
log=$1
mkdir -p "$(dirname "$log")"
bash -c "$2" >"$log" 2>&1 &
waiting=$!
trap 'kill "$waiting" 2>/dev/null; exit 130' INT TERM # a command in the background does not see a Ctrl-C
bash -c "$3"
computed=$?
wait "$waiting"
waited=$?
cat "$log"
[ $computed = 0 ] && [ $waited = 0 ]
