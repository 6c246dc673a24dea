#!/bin/sh
# Trains the example's config on a small data set it makes itself, evaluates the checkpoint, and
# names the pictures. Everything it writes is below demo/.
set -eu
cd "$(dirname "$0")/.."
etude=.build/release/etude
out=$PWD/demo
data=$out/data
size="[32,32,32]"
threshold=0.8

step() { printf '\n== %s\n' "$*"; }

step "ten small CT volumes with a spleen-like organ"
"$etude" dataset synthesize "$data" --n 10 --shape 64 64 64 --val 2 --seed 0

step "train: examples/spleen/config/config_train.json with a small network and small patches"
rm -rf "$out/models" "$out/eval"
started=$(date +%s)
"$etude" train -m examples/spleen --set \
  DATA_ROOT="$data" DATASET_JSON="$data/dataset.json" MMAR_CKPT_DIR="$out/models" \
  epochs=60 num_interval_per_valid=10 learning_rate=2e-3 \
  "train.model.channels=[8,16,32]" "train.model.strides=[2,2]" \
  "train.pre_transforms.RandCropByPosNegLabeld.spatial_size=$size" \
  "validate.inferer.roi_size=$size"
seconds=$(($(date +%s) - started))

step "evaluate: examples/spleen/config/config_validation.json on the best checkpoint"
"$etude" evaluate -m examples/spleen --set \
  DATA_ROOT="$data" DATASET_JSON="$data/dataset.json" \
  MMAR_CKPT="$out/models/model.pt" MMAR_EVAL_OUTPUT_PATH="$out/eval" \
  dont_load_ts_model=True dont_load_ckpt_model=False "inferer.roi_size=$size"

# The last column of the raw CSV is the mean over the classes, and the spleen is the only one.
dice=$(awk -F '[,\t]' '
  NR == 1 { for (i = 1; i <= NF; i++) if ($i == "mean") column = i }
  NR > 1 && column { sum += $column; n++ }
  END { if (n) printf "%.4f", sum / n }' "$out/eval/val_mean_dice_raw.csv")

step "pictures: image, truth, prediction"
for mask in demo/eval/*/*.nii.gz; do
  case=$(basename "$(dirname "$mask")")
  truth=demo/data/labelsTr/$case.nii.gz
  "$etude" -c "show('demo/data/imagesTr/$case.nii.gz', \
    overlay={'truth': '$truth', 'prediction': '$mask'}, window=[-160, 240], \
    file='demo/eval/$case.png')"
done

step "what came out"
echo "Dice of the spleen on the validation volumes: $dice (training took $seconds s)"
find "$out" -name '*.svg' -o -name '*.png' | sort | sed 's/^/  picture  /'
find "$out/models" -name '*.pt' | sort | sed 's/^/  weights  /'
find "$out/eval" -name '*.nii.gz' | sort | sed 's/^/  mask     /'
find "$out/eval" -name '*.csv' | sort | sed 's/^/  table    /'
cat <<TEXT

What to type next:
  make install PREFIX=~/.local        puts etude on your PATH
  etude examples/spleen               the prompt, with this config loaded
  etude dataset synthesize data/spleen && etude train -m examples/spleen
                                      the same config at full size (512 x 512 x 100, patch 96)
TEXT
if ! awk -v dice="$dice" -v least="$threshold" 'BEGIN { exit !(dice != "" && dice >= least) }'; then
  echo "the Dice is below $threshold: something is wrong"
  exit 1
fi
