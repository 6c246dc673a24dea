#!/usr/bin/env bash
# Segments the volumes of the list's part INFER_DATALIST_KEY ("test"; no labels needed) with the
# checkpoint MMAR_CKPT and writes the masks to MMAR_EVAL_OUTPUT_PATH. Further words are overrides.
. "$(dirname "$0")/set_env.sh"

exec "$ETUDE" evaluate \
  -m "$MMAR_ROOT" \
  -c config/config_inference.json \
  -e config/environment.json \
  --set \
  print_conf=True \
  "$@"
