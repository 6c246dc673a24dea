#!/usr/bin/env bash
# Kills a training that saves at every iteration, at random moments, and looks at what is left.
#
#   kill.sh ETUDE [kills] [resumes]
#
# After each kill -9: at least one checkpoint that loads, no damaged one, and after the next start no
# temporary file. After each of `resumes` kills the run is resumed to its end, and its final model must
# be byte for byte that of the run that was never interrupted.
set -euo pipefail
etude=$(realpath "$1"); kills=${2:-200}; resumes=${3:-50}
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
RANDOM=${SEED:-1}

"$etude" dataset synthesize "$work/data" --n 3 --shape 32 32 32 --val 1 >/dev/null 2>&1
cp -r "$here/examples/spleen" "$work/mmar"

train() {  # folder, more words
  local models=$1; shift
  "$etude" train -m "$work/mmar" --threads 1 "$@" --set \
    "DATA_ROOT=$work/data" "DATASET_JSON=$work/data/dataset.json" "MMAR_CKPT_DIR=$models" \
    epochs=4 num_interval_per_valid=2 learning_rate=2e-3 amp=False \
    'train.model.channels=[4,8]' 'train.model.strides=[2]' train.model.num_res_units=1 \
    'train.pre_transforms.RandCropByPosNegLabeld.spatial_size=[16,16,16]' \
    'validate.inferer.roi_size=[16,16,16]' \
    train.dataloader.batch_size=1 train.dataloader.num_workers=2 \
    train.handlers.CheckpointSaver.epoch_level=False \
    train.handlers.CheckpointSaver.save_interval=1 train.handlers.CheckpointSaver.n_saved=2
}

start=$(date +%s%N)
train "$work/whole" >"$work/whole.log" 2>&1 || { cat "$work/whole.log"; exit 1; }
span=$(( ($(date +%s%N) - start) / 1000000 ))
echo "an uninterrupted run takes $span ms"

lost=0 damaged=0 orphans=0 different=0 resumed=0
for ((n = 1; n <= kills; n++)); do
  models=$work/killed; rm -rf "$models"
  train "$models" >"$work/log" 2>&1 & pid=$!
  # The first iteration has to be over before there is anything to lose.
  until [ -e "$models/run_state.pt" ] || ! kill -0 "$pid" 2>/dev/null; do sleep 0.002; done
  delay=$(( RANDOM % (span > 200 ? span - 100 : 100) ))
  sleep "$(printf '0.%03d' $((delay % 1000)))"
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  found=0
  for file in "$models"/*.pt; do
    [ -e "$file" ] || continue
    if "$etude" checkpoint verify "$file" >/dev/null 2>&1; then found=1; else damaged=$((damaged + 1)); fi
  done
  [ "$found" = 1 ] || lost=$((lost + 1))
  if [ "$resumed" -lt "$resumes" ]; then
    resumed=$((resumed + 1))
    train "$models" --resume >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    cmp -s "$models/final_model.pt" "$work/whole/final_model.pt" || different=$((different + 1))
  else
    train "$models" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  fi
  left=$(find "$models" -name '*.tmp-*' | wc -l)
  orphans=$((orphans + left))
done
echo "$kills kills: $lost lost, $damaged damaged, $orphans orphan files; $resumed resumed, $different different"
[ $((lost + damaged + orphans + different)) = 0 ]
