module transcode

go 1.26.0

require google.golang.org/protobuf v1.36.12

require google.golang.org/genproto/googleapis/api v0.0.0-20261026165753-2ffab32bce7e

tool google.golang.org/protobuf/cmd/protoc-gen-go
