#!/bin/sh
# Makes the namespace of the cases, or sets its retention again. TEMPORAL_ADDRESS is read by the program itself.
set -eu
until temporal operator cluster health; do sleep 2; done
if temporal operator namespace describe -n "$NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update -n "$NAMESPACE" --retention "$RETENTION"
else
  temporal operator namespace create -n "$NAMESPACE" --retention "$RETENTION"
fi
# A new namespace is known to every part of the server only a little later.
until temporal workflow count -n "$NAMESPACE" >/dev/null 2>&1; do sleep 2; done
