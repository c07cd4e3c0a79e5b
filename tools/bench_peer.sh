#!/usr/bin/env bash
# Builds the benchmark's peer in C++ on the system's gRPC, for `make bench`. Installs what that needs.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
folder=target/grpc
if ! pkg-config --exists grpc++ protobuf 2>/dev/null || ! command -v protoc grpc_cpp_plugin >/dev/null; then
    install_packages pkg-config libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc
fi
mkdir -p "$folder"
protoc -I proto --cpp_out="$folder" --grpc_out="$folder" --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" \
    common.proto milvus.proto schema.proto
version=$(pkg-config --modversion grpc++)
# shellcheck disable=SC2046 # words of flags
g++ -std=c++17 -O2 -DGRPC_VERSION="\"$version\"" -I "$folder" -o "$folder/milvus-bench-grpc" benches/src/grpc.cc "$folder"/*.pb.cc \
    $(pkg-config --cflags --libs grpc++ protobuf)
