#!/bin/sh
# Creates the namespace and registers patchcycle's search attributes (src/temporal/names.ts).
# May be run again at any time; address and namespace come from the environment.
set -eu

tries=0
until temporal operator cluster health; do
  tries=$((tries + 1))
  test "$tries" -lt 30 || exit 1
  sleep 2
done

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 90d

temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
  --name PatchHost --type Keyword \
  --name PatchGroup --type Keyword \
  --name PatchState --type Keyword \
  --name PatchOutcome --type Keyword \
  --name PatchPolicy --type Keyword \
  --name PatchRollout --type Keyword \
  --name PatchSecurityUpdates --type Int \
  --name PatchPackages --type Int \
  --name PatchRebootRequired --type Bool \
  --name PatchWindowStart --type Datetime
