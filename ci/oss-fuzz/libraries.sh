#!/bin/bash -eu
# What the images of OSS-Fuzz and ClusterFuzzLite need beside what they have: the releases that Debian 12 has, as sources.
# build.sh builds them, since the compiler's C++ library is another than the system's.
apt-get update
apt-get install -y --no-install-recommends ninja-build libboost-context-dev
git clone --depth 1 --branch 9.1.0 https://github.com/fmtlib/fmt.git "$SRC/fmt"
git clone --depth 1 --branch v3.0.1 https://github.com/simdjson/simdjson.git "$SRC/simdjson"
git clone --depth 1 --branch v2.1.2 https://github.com/CLIUtils/CLI11.git "$SRC/CLI11"
