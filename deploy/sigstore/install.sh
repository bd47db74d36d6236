#!/bin/sh
# Builds Fulcio, Rekor v2 and the time-stamp authority from their Go modules, at the versions below, and prints the folder
# that holds them: .cache/sigstore/<hash of this file> in the checkout, or in ASSAY_SIGSTORE_CACHE. Programs that are there
# are not built again. One run at a time; a program appears by a rename, whole or not at all. Go checks every module
# against the go.sum of the one that is built. Needs flock and, the first time, the Go module proxy and what deploy/go.sh
# needs.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)
go=$root/deploy/go.sh
cache=${ASSAY_SIGSTORE_CACHE:-$root/.cache/sigstore}
bin=$cache/$(sha256sum <"$here/install.sh" | cut -c 1-16)

# program NAME MODULE VERSION PACKAGE [FILE PATTERN REPLACEMENT]
# PACKAGE is relative to the module. With FILE: its one line that matches PATTERN is changed before the build.
program() {
  [ -x "$bin/$1" ] && return
  echo "sigstore: building $1 ($2@$3); the first time takes minutes" >&2
  module=$("$go" mod download -json "$2@$3" | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p')
  rm -rf -- "$scratch/module"
  cp -R --no-preserve=mode -- "$module" "$scratch/module"
  if [ $# -gt 4 ]; then
    [ "$(grep -c -- "$6" "$scratch/module/$5")" = 1 ] || { echo "$2@$3: $5 is not what was expected" >&2; exit 1; }
    sed -i -e "s#$6#$7#" "$scratch/module/$5"
  fi
  (cd "$scratch/module" && "$go" build -trimpath -buildvcs=false -ldflags=-s -o "$scratch/$1" "./$4")
  mv -- "$scratch/$1" "$bin/$1"
}

if [ ! -x "$bin/fulcio" ] || [ ! -x "$bin/rekor-server" ] || [ ! -x "$bin/timestamp-server" ]; then
  "$go" version >/dev/null
  mkdir -p -- "$bin"
  exec 9>"$cache/lock"
  flock 9
  scratch=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf -- "$scratch"' EXIT
  trap 'exit 1' INT TERM
  export CGO_ENABLED=0 GOFLAGS=-mod=readonly GOWORK=off

  program rekor-server github.com/sigstore/rekor-tiles/v2 v2.3.0 cmd/rekor-server/posix
  # Metrics have a fixed port on all interfaces, where a second server on the machine would end at once.
  program timestamp-server github.com/sigstore/timestamp-authority/v2 v2.1.3 cmd/timestamp-server \
    pkg/server/prometheus.go '":2112"' '"127.0.0.1:0"'
  program fulcio github.com/sigstore/fulcio v1.8.8 . \
    cmd/app/serve.go 'fmt.Sprintf(":%v", viper.GetString("metrics-port"))' '"127.0.0.1:"+viper.GetString("metrics-port")'
fi
printf '%s\n' "$(CDPATH='' cd -- "$bin" && pwd -P)"
