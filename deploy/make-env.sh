#!/bin/sh
# Prints an environment file for docker-compose.yml with fresh secrets: deploy/make-env.sh >.env
# The admin's token is in it as ASSAY_ADMIN_TOKEN; the api knows of every token only the sha256.
set -eu
umask 077
secret() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
tokens=
machine() {
  token=assay_machine_$(secret)
  hash=$(printf '%s' "$token" | sha256sum | cut -d ' ' -f 1)
  tokens="$tokens${tokens:+,}\"$2\":\"$hash\""
  printf '%s=%s\n' "$1" "$token"
}
machine ASSAY_RESOLVE_TOKEN worker:resolve
machine ASSAY_REBUILD_TOKEN worker:rebuild
machine ASSAY_COMPARE_TOKEN worker:compare
machine ASSAY_ATTEST_TOKEN worker:attest
machine ASSAY_GATEWAY_TOKEN gateway
machine ASSAY_ADMIN_TOKEN admin
printf "ASSAY_MACHINE_TOKENS={%s}\n" "$tokens"
printf 'ASSAY_GATEWAY_KEY=%s\n' "$(secret)"
printf 'ASSAY_POSTGRES_PASSWORD=%s\n' "$(secret)"
printf 'ASSAY_REDIS_PASSWORD=%s\n' "$(secret)"
printf 'ASSAY_S3_ACCESS_KEY=assay\n'
printf 'ASSAY_S3_SECRET_KEY=%s\n' "$(secret)"
