#!/usr/bin/env bash
# Evaluates the TorchScript model MMAR_TORCHSCRIPT (models/model.ts). Further words are overrides.
. "$(dirname "$0")/set_env.sh"

exec "$ETUDE" evaluate \
  -m "$MMAR_ROOT" \
  -c config/config_validation.json \
  -e config/environment.json \
  --set \
  print_conf=True \
  "$@"
