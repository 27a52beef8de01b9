#!/bin/sh
set -e
mkdir -p "$MAVEN_CONFIG"
exec "$@"
