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

# build_with_clang address,undefined|thread target…: with clang and these sanitizers, where warnings are errors. The fuzzers and the tests under
# the address sanitizer share what they build.
build_with_clang() {
  local kind=$1 fuzz=OFF packages=$root/scripts/packages-clang.txt
  shift
  install_packages "$root/scripts/packages.txt" "$packages"
  [ "$kind" = thread ] || fuzz=ON
  build=$root/build/${kind/,/-}
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 ASAN_OPTIONS=detect_stack_use_after_return=0
  export TSAN_OPTIONS=halt_on_error=1:suppressions=$root/scripts/tsan-suppressions.txt
  say "Building $* with clang and -fsanitize=$kind"
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER="clang++-$(grep -om1 '^clang-[0-9]*' "$packages" | tr -dc 0-9)" \
    -DCMAKE_COMPILE_WARNING_AS_ERROR=ON -DCASELEDGER_FUZZ=$fuzz -DCASELEDGER_SANITIZE="$kind" >&2
  ninja -C "$build" "$@" >&2
}
