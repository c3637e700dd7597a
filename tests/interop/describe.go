// describe writes the FileDescriptorSet of gRPC's interop service, whose .proto text the Go module does not carry.
package main

import (
	"log"
	"os"

	_ "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	var set descriptorpb.FileDescriptorSet
	seen := map[string]bool{}
	var add func(protoreflect.FileDescriptor)
	add = func(file protoreflect.FileDescriptor) {
		if seen[file.Path()] {
			return
		}
		seen[file.Path()] = true
		for i := 0; i < file.Imports().Len(); i++ {
			add(file.Imports().Get(i).FileDescriptor)
		}
		set.File = append(set.File, protodesc.ToFileDescriptorProto(file))
	}
	file, err := protoregistry.GlobalFiles.FindFileByPath("grpc/testing/test.proto")
	if err != nil {
		log.Fatal(err)
	}
	add(file)
	bytes, err := proto.Marshal(&set)
	if err == nil {
		_, err = os.Stdout.Write(bytes)
	}
	if err != nil {
		log.Fatal(err)
	}
}
