#!/bin/sh
# Becomes an S3 server over the folder /data. Given: ROOT_ACCESS_KEY, ROOT_SECRET_KEY, S3_BUCKET.
set -eu
mkdir -p -- "/data/$S3_BUCKET"
exec versitygw --port :7070 posix /data
