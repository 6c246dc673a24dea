# Sourced by the other scripts: a small training that saves at every iteration, with two loader
# workers, and what it ends with when nothing interrupts it.
#
# Wants $etude; makes $work (removed at exit), $models, $whole and $span.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
models=$work/models
whole=$work/whole

"$etude" dataset synthesize "$work/data" --n 4 --shape 32 32 32 --val 1 >/dev/null 2>&1
cp -r "$root/examples/spleen" "$work/mmar"

# Without PATH there is no gnuplot: curves are not what is tried here.
train() {
  PATH=/nonexistent exec "$etude" train -m "$work/mmar" --threads 1 "$@" --set \
    "DATA_ROOT=$work/data" "DATASET_JSON=$work/data/dataset.json" "MMAR_CKPT_DIR=$models" \
    epochs=4 num_interval_per_valid=2 learning_rate=2e-3 amp=False \
    'train.model.channels=[4,8]' 'train.model.strides=[2]' train.model.num_res_units=1 \
    'train.pre_transforms.RandCropByPosNegLabeld.spatial_size=[16,16,16]' \
    'validate.inferer.roi_size=[16,16,16]' \
    train.dataloader.batch_size=1 train.dataloader.num_workers=2 \
    train.handlers.CheckpointSaver.epoch_level=False \
    train.handlers.CheckpointSaver.save_interval=1 train.handlers.CheckpointSaver.n_saved=2
}
# A run in the background: $pid. It comes back when there is something to lose.
begin() {
  rm -rf "$models"
  (train) >"$work/log" 2>&1 &
  pid=$!
  until [ -e "$models/run_state.pt" ] || ! kill -0 "$pid" 2>/dev/null; do sleep 0.002; done
}

# From the first state on the disk to the end, in ms.
begin; start=$(date +%s%N)
wait "$pid" || { cat "$work/log"; exit 1; }
span=$(( ($(date +%s%N) - start) / 1000000 ))
cp -r "$models" "$whole"
echo "an uninterrupted run saves for $span ms"
