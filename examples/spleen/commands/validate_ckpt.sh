#!/usr/bin/env bash
# Evaluates the checkpoint MMAR_CKPT (models/model.pt); the network is built from the config saved
# in it. Further words are overrides.
. "$(dirname "$0")/set_env.sh"

exec "$ETUDE" evaluate \
  -m "$MMAR_ROOT" \
  -c config/config_validation.json \
  -e config/environment.json \
  --set \
  print_conf=True \
  dont_load_ts_model=True \
  dont_load_ckpt_model=False \
  "$@"
