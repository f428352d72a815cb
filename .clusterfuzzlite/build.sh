#!/bin/bash -eu
exec bash "$SRC/weir/ci/oss-fuzz/build.sh"
