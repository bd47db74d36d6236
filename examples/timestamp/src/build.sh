#!/bin/sh
# Packs hello/, with one mistake: the time of the build goes into hello/build-info.txt.
set -eu
umask 022
mkdir -p dist
date -u '+built at %Y-%m-%dT%H:%M:%SZ' > hello/build-info.txt
tar --create --format=ustar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
  --mode=u=rwX,go=rX hello | gzip -9 --no-name > dist/hello.tar.gz
