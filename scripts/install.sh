#!/bin/sh
# Usage: install.sh install|uninstall PREFIX   (DESTDIR is put before every path)
# Puts the release binary, its man page and its completions in place, or takes them away.
set -eu
cd "$(dirname "$0")/.."
action=$1
prefix=$2
root=${DESTDIR:-}$prefix
binary=$root/bin/etude
manual=$root/share/man/man1/etude.1
bash_words=$root/share/bash-completion/completions/etude
zsh_words=$root/share/zsh/site-functions/_etude
fish_words=$root/share/fish/vendor_completions.d/etude.fish

if [ "$action" = uninstall ]; then
  rm -f "$binary" "$manual" "$bash_words" "$zsh_words" "$fish_words"
  echo "removed etude from $prefix"
  exit 0
fi

install -d "${binary%/*}" "${manual%/*}" "${bash_words%/*}" "${zsh_words%/*}" "${fish_words%/*}"
install -m 755 -s .build/release/etude "$binary"
install -m 644 share/man/man1/etude.1 "$manual"
.build/release/etude --generate-completion-script bash >"$bash_words"
.build/release/etude --generate-completion-script zsh >"$zsh_words"
.build/release/etude --generate-completion-script fish >"$fish_words"
echo "installed $prefix/bin/etude, its man page and completions for bash, zsh and fish"
echo "on another Debian machine it needs: $(sed -e 's/#.*//' -e '/^$/d' share/runtime-packages | tr '\n' ' ')"
case ":$PATH:" in
  *":$prefix/bin:"*) ;;
  *) echo "$prefix/bin is not on your PATH; add it:  export PATH=\"$prefix/bin:\$PATH\"" ;;
esac
