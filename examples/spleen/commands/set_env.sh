#!/usr/bin/env bash
# Sourced by the other commands: the folder of this MMAR, and the program to run.
MMAR_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ETUDE=${ETUDE:-etude}
export MMAR_ROOT ETUDE
if ! command -v "$ETUDE" >/dev/null; then
  echo "$ETUDE is not on the PATH; install it, or set ETUDE to its path" >&2
  exit 1
fi
