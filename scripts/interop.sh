#!/bin/sh
# Checks the program against the rest of the world, each part in an environment of its own:
#   files    its files, both ways, by the reference readers (PyTorch, MONAI, nibabel, TensorBoard); 5.6 GB
#   jupyter  its kernel, by Jupyter's own tests and JupyterLab in a browser
# Usage: interop.sh [files|jupyter] [words for pytest]
set -eu
cd "$(dirname "$0")/.."
part=files
case "${1:-}" in
  files | jupyter) part=$1; shift ;;
esac
tests=Tests/Interop
[ "$part" = files ] || tests=$tests/$part
[ -f "$tests/packages.apt" ] && scripts/setup.sh "$tests/packages.apt"
environment=.build/interop/$part
wanted=$tests/requirements.txt
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
[ "$part" = files ] && set -- --ignore "$tests/jupyter" "$@"
exec "$environment/bin/python" -m pytest -q "$tests" --etude "${ETUDE:-.build/release/etude}" "$@"
