#!/usr/bin/env bash
# Trains from new weights. Further words are overrides: train.sh epochs=100 learning_rate=1e-3
. "$(dirname "$0")/set_env.sh"

exec "$ETUDE" train \
  -m "$MMAR_ROOT" \
  -c config/config_train.json \
  -e config/environment.json \
  --write_train_stats \
  --set \
  print_conf=True \
  "$@"
