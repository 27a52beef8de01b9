#!/bin/sh

set -e

# Anything but a configuration file is a command of the registry, or a program.
case "$1" in
    *.yaml | *.yml) set -- registry serve "$@" ;;
    serve | garbage-collect | help | -*) set -- registry "$@" ;;
esac

exec "$@"
