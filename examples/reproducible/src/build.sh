#!/bin/sh
# Packs hello/ so that its bytes depend on nothing but its contents and SOURCE_DATE_EPOCH.
set -eu
umask 022
mkdir -p dist
tar --create --format=ustar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
  --mode=u=rwX,go=rX hello | gzip -9 --no-name > dist/hello.tar.gz
