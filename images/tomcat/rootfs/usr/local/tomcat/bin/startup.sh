#!/bin/sh
exec "$(dirname "$0")/catalina.sh" start "$@"
