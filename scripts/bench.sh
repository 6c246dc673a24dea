#!/usr/bin/env bash
# The tables of docs/performance.md on this machine: every workload, beside PyTorch and MONAI where
# PEER_PYTHON names a Python with Benchmarks/peer/requirements.txt. Let nothing else run meanwhile.
# Words are passed on: `scripts/bench.sh --only post,start`.
set -euo pipefail
cd "$(dirname "$0")/.."
etude=.build/release/etude
(cd Benchmarks && swift build -c release)
tools=Benchmarks/.build/release

# Microseconds until the prompt is on the screen of a new terminal, what `script` takes included.
prompts() {
  local count=$1 start seen
  for ((i = 0; i < count; i++)); do
    start=${EPOCHREALTIME/./}
    coproc terminal { TERM=xterm NO_COLOR=1 ETUDE_HISTORY= script -qec "$etude --no-startup" /dev/null; }
    seen=
    while [[ $seen != *"etude> "* ]] && IFS= read -r -N 1 -u "${terminal[0]}" letter; do seen+=$letter; done
    echo $((${EPOCHREALTIME/./} - start))
    printf '\004' >&"${terminal[1]}"
    wait "$terminal_PID" 2>/dev/null || true
  done | sort -n
}
mapfile -t prompt < <(prompts 40)
echo "From the start of a terminal to the prompt: median $((prompt[20] / 1000)).$((prompt[20] / 100 % 10)) ms"
echo

"$tools/SideBySide" --etude "$etude" --workloads "$tools/Workloads" \
  ${PEER_PYTHON:+--peer-python "$PEER_PYTHON"} --json .build/benchmarks.json ${PEER_PYTHON:+--plot docs/pictures/speed.svg} "$@"
if [ $# -eq 0 ]; then
  echo
  "$tools/SideBySide" growth --etude "$etude" --workloads "$tools/Workloads"
fi
