#!/usr/bin/env bash
# Trains from the weights in MMAR_CKPT (models/model.pt): weights only, epoch 0. The file it starts
# from is kept, as models/model.1.pt. Further words are overrides.
. "$(dirname "$0")/set_env.sh"

exec "$ETUDE" train \
  -m "$MMAR_ROOT" \
  -c config/config_train.json \
  -e config/environment.json \
  --write_train_stats \
  --set \
  print_conf=True \
  dont_load_ckpt_model=False \
  "$@"
