#!/bin/sh
# Installs the Debian packages of packages.apt, or of the lists that are named, that are missing, and says
# what to do about Swift.
# YES=1 or CI set: asks nothing. Without a terminal: asks nothing.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- packages.apt

needed=$(sed -e 's/#.*//' "$@")
missing=
for package in $needed; do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing="$missing $package"
done

if [ -n "$missing" ]; then
  echo "These Debian packages are missing:"
  for package in $missing; do echo "  $package"; done
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "This system has no apt-get. Install what these packages hold with its own tool, then go on."
    exit 1
  fi
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      echo "Installing them takes root, and there is no sudo. As root, type:"
      echo "  apt-get install -y --no-install-recommends$missing"
      exit 1
    fi
    as_root=sudo
  fi
  if [ "${YES:-}" != 1 ] && [ -z "${CI:-}" ] && [ -t 0 ] && [ -t 1 ]; then
    printf 'Install them now with %sapt-get? [Y/n] ' "${as_root:+$as_root }"
    read -r answer
    case "$answer" in
      "" | [yY]*) ;;
      *) echo "Nothing was installed."; exit 1 ;;
    esac
  fi
  $as_root apt-get -o DPkg::Lock::Timeout=120 update -q
  # shellcheck disable=SC2086 # the list is words
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 \
    install -q -y --no-install-recommends $missing
fi

if ! command -v swift >/dev/null 2>&1; then
  cat <<TEXT
Swift is not installed, and Étude is written in it (6.2 or newer). Swift's own installer:
  curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz
  tar zxf swiftly-$(uname -m).tar.gz
  ./swiftly init
Then open a new shell and repeat this command.
TEXT
  exit 1
fi
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
case "$version" in
  [0-5].* | 6.[01])
    echo "Swift $version is too old for Étude; install 6.2 or newer: https://www.swift.org/install"
    exit 1
    ;;
esac
echo "set up: every Debian package of $*, Swift $version"
