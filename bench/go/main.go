// The function as it is usual in Go: aws-lambda-go, grpc-gateway, and behind it, over a Unix socket, a gRPC server
// with an interceptor that logs every call.  Measured beside ours by bench/lambda.
package main

import (
	"context"
	"net"
	"os"
	"path/filepath"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	log "github.com/sirupsen/logrus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "bootstrap/gen/example/v1"
)

type pingService struct {
	pb.UnimplementedPingServiceServer
}

func (pingService) Ping(context.Context, *pb.PingRequest) (*pb.PingResponse, error) {
	return &pb.PingResponse{Message: "Pong"}, nil
}

func logCall(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	response, err := handler(ctx, request)
	log.Debugf("rpc call: method = %s", info.FullMethod)
	return response, err
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFormatter(&log.JSONFormatter{})
	log.SetLevel(log.InfoLevel)

	socket := filepath.Join(os.TempDir(), "bench-go.sock")
	_ = os.Remove(socket)
	listener, err := net.Listen("unix", socket)
	check(err)
	server := grpc.NewServer(grpc.UnaryInterceptor(logCall))
	pb.RegisterPingServiceServer(server, pingService{})
	go func() { check(server.Serve(listener)) }()

	mux := runtime.NewServeMux()
	insecurely := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	check(pb.RegisterPingServiceHandlerFromEndpoint(context.Background(), mux, "unix://"+socket, insecurely))
	lambda.Start(httpadapter.New(mux).ProxyWithContext)
}
