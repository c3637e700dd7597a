// The benchmark's services by grpc-go with its defaults and no interceptor.  Measured beside ours by bench/grpc.
//
//	bench-grpc-go ADDRESS      until it is killed
package main

import (
	"context"
	"io"
	"log"
	"net"
	"os"

	"google.golang.org/grpc"

	benchmark "benchgrpc/gen/bench/v1"
	ping "benchgrpc/gen/example/v1"
)

type pingService struct {
	ping.UnimplementedPingServiceServer
}

func (pingService) Ping(context.Context, *ping.PingRequest) (*ping.PingResponse, error) {
	return &ping.PingResponse{Message: "Pong"}, nil
}

type benchmarkService struct {
	benchmark.UnimplementedBenchmarkServiceServer
}

func (benchmarkService) UnaryCall(_ context.Context, request *benchmark.Payload) (*benchmark.Payload, error) {
	return request, nil
}

func (benchmarkService) StreamingFromClient(
	stream grpc.ClientStreamingServer[benchmark.Payload, benchmark.Received],
) error {
	received := &benchmark.Received{}
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return stream.SendAndClose(received)
		}
		if err != nil {
			return err
		}
		received.Count++
		received.Bytes += uint64(len(request.Body))
	}
}

func (benchmarkService) StreamingFromServer(
	wanted *benchmark.Wanted, stream grpc.ServerStreamingServer[benchmark.Payload],
) error {
	response := &benchmark.Payload{Body: make([]byte, wanted.Len)}
	for range wanted.Count {
		if err := stream.Send(response); err != nil {
			return err
		}
	}
	return nil
}

func (benchmarkService) StreamingBothWays(
	stream grpc.BidiStreamingServer[benchmark.Payload, benchmark.Payload],
) error {
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(request); err != nil {
			return err
		}
	}
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: bench-grpc-go ADDRESS")
	}
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	ping.RegisterPingServiceServer(server, pingService{})
	benchmark.RegisterBenchmarkServiceServer(server, benchmarkService{})
	log.Fatal(server.Serve(listener))
}
