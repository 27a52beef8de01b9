#!/bin/sh
# Services are not started in an image.
exit 101
