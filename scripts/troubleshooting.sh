#!/bin/sh
# docs/troubleshooting.md on standard output: the pains people have with configs elsewhere, each with
# the screen that the tests hold, and the list of what check finds. Needs `etude` in PATH.
set -eu
cd "$(dirname "$0")/.."
pains=Tests/SessionTests/Golden/pains
cat <<'TEXT'
# When something is wrong

Every mistake is shown with its place (file, line, column, the path inside the config), what stood there and what should, the
nearest right name, and where there is one a line to try. `etude check` finds what can be found without running, all at once;
`check()` does the same for a session, and `train` refuses to begin with an error that check would find.

Made by `make docs` from `Tests/SessionTests/Golden/pains`, where the config of each is.
TEXT
for pain in "$pains"/*/; do
  pain=${pain%/}
  name=${pain##*/}
  title=$(sed -n 1p "$pain/about.md")
  about=$(sed 1,2d "$pain/about.md")
  line=$(sed -n '$p' "$pain/command")
  number=$(printf '%s' "${name%%-*}" | sed 's/^0//')
  printf '\n## %s. %s\n\n%s\n\n```\n$ %s\n' "$number" "$title" "$about" "$line"
  cat "$pain/screen.txt"
  printf '```\n'
done
cat <<'TEXT'

## What check finds

The code is what `etude check --json` prints under `code`; it stays the same when words change. Errors make the exit status 1.

TEXT
etude reference --findings
