#!/bin/sh
# Rewrites the generated files that are kept in the repository.
#
#   tools/generate.sh [DIR]               gen/ of the examples, bench and tests, examples/ping/spec, the health
#                                         service in src/app/gen; below DIR instead of the repository
#   tools/generate.sh --builtin [FILE]    src/proto/builtin_files.c, or FILE: after a change in proto/
#
# The programs: PROTOC (protoc), PROTOC_GEN_GG (build/bin/protoc-gen-gg), PROTOC_GEN_OPENAPIV2 (beside it).
set -eu
cd "$(dirname "$0")/.."
protoc=${PROTOC:-protoc}
plugin=$(realpath "${PROTOC_GEN_GG:-build/bin/protoc-gen-gg}")
openapi=$(realpath "${PROTOC_GEN_OPENAPIV2:-$(dirname "$plugin")/protoc-gen-openapiv2}")
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

# specify FOLDER: FOLDER/proto/**.proto into FOLDER/spec.  Names depend on the files of one call: those of a folder.
specify() {
    rm -rf "$out/$1/spec"
    mkdir -p "$out/$1/spec"
    find "$1/proto" -name '*.proto' -exec dirname {} + | sort -u | while read -r folder; do
        "$protoc" -I "$1/proto" -I proto -I "$google" --plugin=protoc-gen-openapiv2="$openapi" \
            --openapiv2_out="$out/$1/spec" "$folder"/*.proto
    done
}

out=${1:-.}
generate examples/ping
generate examples/routeguide
generate bench
generate tests
specify examples/ping
rm -rf "$out/src/app/gen"
mkdir -p "$out/src/app/gen"
"$protoc" -I proto --plugin=protoc-gen-gg="$plugin" --gg_out="$out/src/app/gen" grpc/health/v1/health.proto
