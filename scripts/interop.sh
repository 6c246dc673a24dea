#!/bin/sh
# Checks the files both ways with the reference readers (PyTorch, MONAI, nibabel, TensorBoard),
# in an environment of its own under .build/interop.
set -eu
cd "$(dirname "$0")/.."
environment=.build/interop
wanted=Tests/Interop/requirements.txt
python=$(command -v python3.11 || command -v python3 || true)
if [ -z "$python" ]; then
  echo "make interop needs Python 3: apt-get install -y --no-install-recommends python3 python3-venv"
  exit 1
fi
if ! cmp -s "$wanted" "$environment/installed.txt"; then
  rm -rf "$environment"
  "$python" -m venv "$environment"
  "$environment/bin/pip" install -q -r "$wanted"
  cp "$wanted" "$environment/installed.txt"
fi
exec "$environment/bin/python" -m pytest -q Tests/Interop --etude .build/release/etude "$@"
