#!/usr/bin/env bash
# Kills a training that saves at every iteration, at random moments, and looks at what is left.
#
#   kill.sh ETUDE [kills] [seed]
#
# After each kill -9 there must be a checkpoint that loads and none that is damaged. Then the run is
# resumed to its end, with two loader workers, in the middle of an epoch or of a validation: no
# temporary file may be left, and the best and the final model must be byte for byte those of a run
# that was never interrupted.
set -euo pipefail
etude=$(realpath "$1"); kills=${2:-200}; RANDOM=${3:-1}
. "$(dirname "$0")/training.sh"

killed=0 lost=0 damaged=0 orphans=0 different=0 midway=0
while [ "$killed" -lt "$kills" ]; do
  begin
  delay=$((RANDOM % span))
  sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
  kill -9 "$pid" 2>/dev/null && signalled=1 || signalled=0
  status=0; wait "$pid" 2>/dev/null || status=$?
  # A run that had already ended is not counted.
  [ "$signalled" = 1 ] && [ "$status" = 137 ] || continue
  killed=$((killed + 1))
  if compgen -G "$models/*.tmp-*" >/dev/null; then midway=$((midway + 1)); fi
  found=0
  for file in "$models"/*.pt; do
    if "$etude" inspect "$file" >/dev/null 2>&1; then found=1; else damaged=$((damaged + 1)); fi
  done
  [ "$found" = 1 ] || lost=$((lost + 1))
  (train --resume) >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  for file in model.pt final_model.pt; do
    cmp -s "$models/$file" "$whole/$file" || { different=$((different + 1)); break; }
  done
  orphans=$((orphans + $(find "$models" -name '*.tmp-*' | wc -l)))
done
echo "$killed kills, $midway of them while a file was being written:" \
  "$lost lost, $damaged damaged, $orphans orphan files; $killed resumed, $different different"
[ $((lost + damaged + orphans + different)) = 0 ]
