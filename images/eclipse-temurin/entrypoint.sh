#!/usr/bin/env sh
# Certificates of one's own are wished for by USE_SYSTEM_CA_CERTS; there is nothing to prepare without.
exec "$@"
