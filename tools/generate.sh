#!/bin/sh
# Rewrites the generated files that are kept in the repository.
#
#   tools/generate.sh [DIR]               examples/ping/gen, bench/gen, tests/gen; below DIR instead of the repository
#   tools/generate.sh --builtin [FILE]    src/proto/builtin_files.c, or FILE: after a change in proto/
#
# The programs: PROTOC (protoc) and PROTOC_GEN_GG (build/bin/protoc-gen-gg).
set -eu
cd "$(dirname "$0")/.."
protoc=${PROTOC:-protoc}
plugin=$(realpath "${PROTOC_GEN_GG:-build/bin/protoc-gen-gg}")
# google/protobuf/*.proto come with protoc.
google=$(dirname "$(dirname "$(command -v "$protoc")")")/include

if [ "${1:-}" = --builtin ]; then
    set=$(mktemp)
    trap 'rm -f "$set"' EXIT
    "$protoc" -I proto -I "$google" --include_imports -o "$set" \
        google/protobuf/descriptor.proto google/protobuf/any.proto google/protobuf/timestamp.proto \
        google/protobuf/duration.proto google/protobuf/wrappers.proto google/protobuf/struct.proto \
        google/protobuf/field_mask.proto google/protobuf/empty.proto google/protobuf/source_context.proto \
        google/protobuf/type.proto google/protobuf/api.proto \
        google/api/http.proto google/api/annotations.proto google/api/httpbody.proto \
        google/api/field_behavior.proto google/rpc/code.proto google/rpc/status.proto \
        protoc-gen-openapiv2/options/openapiv2.proto protoc-gen-openapiv2/options/annotations.proto
    "$plugin" --builtin <"$set" >"$set.c"
    mv "$set.c" "${2:-src/proto/builtin_files.c}"
    exit
fi

# generate FOLDER: FOLDER/proto/**.proto into FOLDER/gen
generate() {
    rm -rf "$out/$1/gen"
    mkdir -p "$out/$1/gen"
    find "$1/proto" -name '*.proto' | sort |
        xargs "$protoc" -I "$1/proto" -I proto -I "$google" --plugin=protoc-gen-gg="$plugin" --gg_out="$out/$1/gen"
}
out=${1:-.}
generate examples/ping
generate bench
generate tests
