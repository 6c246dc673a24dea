#!/bin/sh
# Everything a change must pass, from a clean clone, without a terminal: about what a reader of the
# README would type. The last lines are those of `swift test`.
set -eu
cd "$(dirname "$0")/.."
export YES=1 ETUDE_STRICT=1 SWIFT_BACKTRACE=interactive=no
step() { printf '\n==== %s\n' "$*"; }

step "set up"
make setup
step "format and lint"
make lint
step "build, warnings and undeclared imports are errors"
swift build --build-tests --explicit-target-dependency-import-check error
step "make demo"
make demo
step "make install"
make install PREFIX="$PWD/.build/installed"
.build/installed/bin/etude doctor
test "$(.build/installed/bin/etude -c '1+1')" = 2
step "make interop PART=jupyter"
make interop PART=jupyter
step "make test"
make test
