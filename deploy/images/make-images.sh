#!/bin/sh
# Makes the images that docker-compose.yml names, from Debian packages, npm packages and Go modules: no image registry is
# reached. Run as root beside the engine (DOCKER_HOST says which); needs docker, mmdebstrap, npm and pip (or a Go of its
# own, not Debian's). What takes time is kept under ASSAY_IMAGE_CACHE, so a second run takes seconds.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)
tag=${ASSAY_TAG:-local}
cache=${ASSAY_IMAGE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/assay/images}
versitygw=github.com/versity/versitygw/cmd/versitygw@v1.8.0
suite=bookworm

need() {
  command -v "$1" >/dev/null 2>&1 || { echo "$1 is not installed; to fix it: apt-get install $2" >&2; exit 5; }
}
need docker docker.io
need mmdebstrap mmdebstrap
need npm npm

mkdir -p "$cache"
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT INT TERM

# system PACKAGE,PACKAGE: leaves the path of the tar of a Debian system with these packages in $system
system() {
  system=$cache/$suite-$(printf '%s' "$1" | sha256sum | cut -c 1-16).tar
  [ -f "$system" ] && return
  mmdebstrap --quiet --variant=minbase --format=tar --include="$1" "$suite" "$system.partial" \
    ${ASSAY_DEBIAN_MIRROR:+"deb $ASSAY_DEBIAN_MIRROR $suite main"}
  mv "$system.partial" "$system"
}

# image NAME OPTION...: imports $system and then what is in $scratch/NAME as assay/NAME
image() {
  name=$1
  shift
  cp "$system" "$scratch/image.tar"
  if [ -d "$scratch/$name" ]; then
    # The engine takes no path twice, so folders that the system has are left out.
    tar --list --file="$system" >"$scratch/have"
    (cd "$scratch/$name" && find . \( -type d -printf '%p/\n' \) -o -printf '%p\n') |
      grep --invert-match --line-regexp --fixed-strings --file="$scratch/have" >"$scratch/add"
    tar --append --file="$scratch/image.tar" --directory="$scratch/$name" --owner=0 --group=0 \
      --no-recursion --verbatim-files-from --files-from="$scratch/add"
  fi
  # The key's folder belongs to attest alone; a new volume takes that over.
  if [ "$name" = assay ]; then
    install -d -m 0700 "$scratch/key"
    tar --append --file="$scratch/image.tar" --directory="$scratch" --owner=10005 --group=10005 \
      --transform='s,^key,./var/lib/assay/key,' key
  fi
  docker import "$@" "$scratch/image.tar" "assay/$name:$tag" >/dev/null
  rm "$scratch/image.tar"
  echo "assay/$name:$tag"
}

# start NAME: the image starts by our script
start() {
  install -D -m 0755 "$here/$1-start.sh" "$scratch/$1/usr/local/bin/start"
}

# --- PostgreSQL and Redis, as Debian packages them
system postgresql
start postgres
image postgres --change 'ENTRYPOINT ["/usr/local/bin/start"]'

system redis-server
start redis
image redis --change 'ENTRYPOINT ["/usr/local/bin/start"]' --change 'USER redis'

# --- an S3 server that keeps its objects in a folder
if [ ! -x "$cache/versitygw/versitygw" ]; then
  CGO_ENABLED=0 GOBIN="$cache/versitygw.partial" "$root/deploy/go.sh" install -trimpath -ldflags=-s "$versitygw"
  mv "$cache/versitygw.partial" "$cache/versitygw"
fi
system ca-certificates
start s3
install -D -m 0755 "$cache/versitygw/versitygw" "$scratch/s3/usr/local/bin/versitygw"
image s3 --change 'ENTRYPOINT ["/usr/local/bin/start"]'

# --- Assay: every process is this image, told by its command which
modules=$cache/modules-$(cat "$root/package.json" "$root/package-lock.json" | sha256sum | cut -c 1-16)
if [ ! -d "$modules" ]; then
  rm -rf "$modules.partial"
  mkdir "$modules.partial"
  cp "$root/package.json" "$root/package-lock.json" "$modules.partial"
  # Platform packages come as they are; of the install scripts none is needed here.
  npm --prefix "$modules.partial" ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
  mv "$modules.partial" "$modules"
fi
system bubblewrap,ca-certificates,mmdebstrap
code=$scratch/assay/opt/assay
mkdir -p "$code"
for folder in schemas core verify services workers cli; do cp -R "$root/$folder" "$code"; done
cp "$root/package.json" "$code"
cp -R "$modules/node_modules" "$code"
# The reader as one file, which the users of the image could not make. It knows its modules by their times, of which the
# image keeps whole seconds.
find "$code" -name node_modules -prune -o -type f -exec touch --date="@$(date +%s)" {} +
"$code/node_modules/.bin/node" --input-type=module --eval '
  const { readerProgram } = await import(process.argv[1]);
  process.exitCode = (await readerProgram()).main.startsWith("reader-") ? 0 : 1;
' "$code/workers/reader/program.ts"
chmod -R go=rX "$code"
image assay --change 'ENV PATH=/opt/assay/node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin' \
  --change 'WORKDIR /opt/assay' --change 'ENTRYPOINT ["node"]'

# --- a Sigstore of its own, for the profile `sigstore`
servers=$(sh "$root/deploy/sigstore/install.sh")
system ca-certificates # and with it openssl
sigstore=$scratch/sigstore
code=$sigstore/opt/assay
mkdir -p "$sigstore/usr/local/bin" "$code/node_modules/@sigstore" "$code/services/postgres" "$code/deploy"
cp "$servers"/* "$sigstore/usr/local/bin"
cp -R "$modules"/node_modules/node-linux-* "$modules/node_modules/jose" "$modules/node_modules/zod" "$code/node_modules"
cp -R "$modules/node_modules/@sigstore/core" "$code/node_modules/@sigstore"
cp -R "$root/schemas" "$root/core" "$root/package.json" "$code"
cp "$root/services/postgres/system-user.ts" "$code/services/postgres"
cp -R "$root/deploy/sigstore" "$code/deploy"
ln -s "$(cd "$code" && echo node_modules/node-linux-*/bin/node)" "$code/node"
chmod -R go=rX "$code"
image sigstore --change 'ENV PATH=/opt/assay:/usr/local/bin:/usr/bin:/bin' --change 'WORKDIR /opt/assay' \
  --change 'ENTRYPOINT ["node", "deploy/sigstore/serve.ts"]'
