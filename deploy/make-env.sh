#!/bin/sh
# Prints an environment file for docker-compose.yml with fresh secrets: deploy/make-env.sh >.env
# With --sigstore: the attester signs by a Sigstore of its own (profile `sigstore`), without a key.
# The package index is the one that this machine's pip uses, unless ASSAY_PYPI_URL names another.
# The admin's token is in it as ASSAY_ADMIN_TOKEN; the api knows of every token only the sha256.
set -eu
case ${1-} in '' | --sigstore) ;; *) echo "usage: $0 [--sigstore]" >&2; exit 2 ;; esac
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

index=${ASSAY_PYPI_URL:-${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || true)}}
# pip wraps its help where the line is full; the default is the first URL after the option.
[ -n "$index" ] || index=$(COLUMNS=200 python3 -m pip install --help 2>/dev/null |
  sed -n '/--index-url <url>/,/^  *-/p' | grep -o 'https\{0,1\}://[^ )]*' | head -n 1)
printf 'ASSAY_PYPI_URL=%s\n' "$index"
if [ "${1-}" = --sigstore ]; then
  printf 'COMPOSE_PROFILES=sigstore\n'
  printf 'ASSAY_SIGNING_KEY_FILE=\n'
  printf 'ASSAY_FULCIO_URL=http://fulcio:5555\n'
  printf 'ASSAY_OIDC_TOKEN_FILE=/var/lib/assay/identity/token\n'
  printf 'ASSAY_REKOR_URL=http://rekor:3000\n'
  printf 'ASSAY_TSA_URL=http://tsa:3004/api/v1/timestamp\n'
  printf 'ASSAY_TRUSTED_ROOT_FILE=/var/lib/assay/trust/trusted_root.json\n'
fi
