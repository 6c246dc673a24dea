#!/usr/bin/env bash
# Interrupts a training at random moments with SIGINT or SIGTERM, and goes on as it says.
#
#   interrupt.sh ETUDE [times] [seed]
#
# The exit status must be 130 or 143, and the command that was printed, run as it stands, must end
# with the best and the final model of a run that was never interrupted, byte for byte.
set -euo pipefail
# Jobs of their own, because a shell lets its ordinary background jobs ignore SIGINT.
set -m
etude=$(realpath "$1"); times=${2:-50}; RANDOM=${3:-1}
. "$(dirname "$0")/training.sh"
mkdir "$work/bin"; ln -s "$etude" "$work/bin/etude"

done=0 wrong=0 different=0
while [ "$done" -lt "$times" ]; do
  begin
  delay=$((RANDOM % span))
  sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
  if [ $((RANDOM % 2)) = 0 ]; then signal=INT expected=130; else signal=TERM expected=143; fi
  kill -"$signal" "$pid" 2>/dev/null || true
  status=0; wait "$pid" 2>/dev/null || status=$?
  again=$(sed -n 's/^stopped; this goes on from here: //p' "$work/log")
  # A run that had already ended is not counted.
  [ -n "$again" ] || continue
  done=$((done + 1))
  [ "$status" = "$expected" ] || wrong=$((wrong + 1))
  (PATH=$work/bin; eval "$again") >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  for file in model.pt final_model.pt; do
    cmp -s "$models/$file" "$whole/$file" || { different=$((different + 1)); break; }
  done
done
echo "$done interrupts: $wrong with another status, $different different after the printed command"
[ $((wrong + different)) = 0 ]
