# Shared by the scripts: where things are, what has to be installed, how it is built. Meant to be sourced.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release
caseledger=$build/caseledger

say() { printf '\n── %s\n' "$*" >&2; }

# install_packages [list…]: installs what is missing of scripts/packages.txt, or of these, as root or with sudo. A package is there too where
# another provides it: Node.js's own brings npm along.
install_packages() {
  local missing=() package here lists=("$@")
  [ $# -gt 0 ] || lists=("$root/scripts/packages.txt")
  here=" $(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' | sed -n 's/^installed //p' | tr -s ',\n' '  ') "
  for package in $(grep -hv '^#' "${lists[@]}"); do
    [[ $here == *" $package "* ]] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing ${missing[*]}"
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# build_targets [target…]: all without any.
build_targets() {
  say "Building ${*:-everything}"
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER_LAUNCHER=ccache >&2
  ninja -C "$build" "$@" >&2
}
