#!/usr/bin/env bash
# Times of this machine: the start of the program, and a short training on small volumes.
# Compare only figures taken side by side.
set -euo pipefail
cd "$(dirname "$0")/.."
etude=.build/release/etude
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Microseconds a command takes, one line a run, sorted.
runs() {
  local count=$1 start
  shift
  for ((i = 0; i < count; i++)); do
    start=${EPOCHREALTIME/./}
    "$@" >/dev/null 2>&1
    echo $((${EPOCHREALTIME/./} - start))
  done | sort -n
}

mapfile -t start < <(runs 40 "$etude" -c '1+1')
echo "start: etude -c '1+1'            median $((start[20] / 1000)).$((start[20] / 100 % 10)) ms, best $((start[0] / 1000)).$((start[0] / 100 % 10)) ms"

# Microseconds until the prompt is on the screen of a new terminal, what `script` takes included.
prompts() {
  local count=$1 start seen
  for ((i = 0; i < count; i++)); do
    start=${EPOCHREALTIME/./}
    coproc terminal { TERM=xterm NO_COLOR=1 ETUDE_HISTORY= script -qec "$etude --no-startup" /dev/null; }
    seen=
    while [[ $seen != *"etude> "* ]] && IFS= read -r -N 1 -u "${terminal[0]}" letter; do seen+=$letter; done
    echo $((${EPOCHREALTIME/./} - start))
    printf '\004' >&"${terminal[1]}"
    wait "$terminal_PID" 2>/dev/null || true
  done | sort -n
}

mapfile -t prompt < <(prompts 40)
mapfile -t empty < <(runs 40 script -qec true /dev/null)
echo "prompt: etude on a terminal      median $((prompt[20] / 1000)).$((prompt[20] / 100 % 10)) ms, of which the terminal takes $((empty[20] / 1000)).$((empty[20] / 100 % 10)) ms"

"$etude" dataset synthesize "$out/data" --n 4 --shape 64 64 64 --val 1 >/dev/null
training() {
  "$etude" train -m examples/spleen --set \
    DATA_ROOT="$out/data" DATASET_JSON="$out/data/dataset.json" MMAR_CKPT_DIR="$out/models" \
    epochs=10 num_interval_per_valid=10 "train.model.channels=[8,16,32]" \
    "train.model.strides=[2,2]" "validate.inferer.roi_size=[32,32,32]" \
    "train.pre_transforms.RandCropByPosNegLabeld.spatial_size=[32,32,32]"
}
mapfile -t train < <(runs 3 training)
echo "train: 10 epochs, 3 x 64^3, patch 32  median $((train[1] / 1000)) ms, best $((train[0] / 1000)) ms"
