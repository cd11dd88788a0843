# VOD knows a SessionId for 7 days, so Temporal keeps a run at least as long; with a month, audits see more.
set -eu
until temporal operator cluster health; do sleep 2; done
temporal operator namespace describe -n default || temporal operator namespace create -n default --retention 30d
