// routeguide-go: the client of examples/routeguide once more, by grpc-go.
//
//	routeguide-go TARGET place NAME... | places [KIND] | route EAST,NORTH... | chat EAST,NORTH TEXT...
//
// What it prints, and its exit status, are those of routeguide-client.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "routeguide/gen/routeguide/v1"
)

type client struct {
	pb.RouteGuideServiceClient
	context.Context
}

func kindName(kind pb.Kind) string {
	return strings.ToLower(strings.TrimPrefix(kind.String(), "KIND_"))
}

func show(place *pb.Place) {
	hint := ""
	if place.Hint != nil {
		hint = fmt.Sprintf(" (%s)", *place.Hint)
	}
	fmt.Printf("%s: %s at %d,%d%s\n", place.Name, kindName(place.Kind), place.Point.East, place.Point.North, hint)
}

func expected(what string) error {
	return status.Error(codes.InvalidArgument, "expected "+what)
}

func point(word string) (*pb.Point, error) {
	p := new(pb.Point)
	if n, err := fmt.Sscanf(word, "%d,%d", &p.East, &p.North); n != 2 || err != nil {
		return nil, expected("EAST,NORTH")
	}
	return p, nil
}

func (c client) place(names []string) error {
	for _, name := range names {
		response, err := c.GetPlace(c, &pb.GetPlaceRequest{Name: name})
		if err != nil {
			return err
		}
		show(response.Place)
	}
	return nil
}

func (c client) places(words []string) error {
	request := new(pb.ListPlacesRequest)
	if len(words) > 0 {
		kind, known := pb.Kind_value["KIND_"+strings.ToUpper(words[0])]
		if !known || kind == 0 {
			return expected("a kind of place")
		}
		request.Kind = pb.Kind(kind)
	}
	stream, err := c.ListPlaces(c, request)
	for err == nil {
		var response *pb.ListPlacesResponse
		if response, err = stream.Recv(); err == nil {
			show(response.Place)
		}
	}
	return end(err)
}

// The end of a stream is no error.
func end(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (c client) route(words []string) error {
	stream, err := c.RecordRoute(c)
	if err != nil {
		return err
	}
	for _, word := range words {
		p, err := point(word)
		if err != nil {
			return err
		}
		if stream.Send(&pb.RecordRouteRequest{Point: p}) != nil {
			break // CloseAndRecv tells why
		}
	}
	route, err := stream.CloseAndRecv()
	if err != nil {
		return err
	}
	fmt.Printf("%d points, %d places, %d m, %d s on foot\n", route.PointCount, route.PlaceCount, route.Metres,
		route.Walk.Seconds)
	return nil
}

func (c client) chat(words []string) error {
	stream, err := c.Chat(c)
	if err != nil {
		return err
	}
	if len(words)%2 != 0 {
		return expected("pairs of EAST,NORTH and TEXT")
	}
	sent := make(chan error, 1)
	go func() {
		for i := 0; i < len(words); i += 2 {
			p, err := point(words[i])
			if err != nil {
				sent <- err
				return
			}
			if stream.Send(&pb.ChatRequest{Point: p, Text: words[i+1]}) != nil {
				break // Recv tells why
			}
		}
		sent <- stream.CloseSend()
	}()
	for err == nil {
		var note *pb.ChatResponse
		if note, err = stream.Recv(); err == nil {
			fmt.Printf("%d,%d: %s\n", note.Point.East, note.Point.North, note.Text)
		}
	}
	if err := end(err); err != nil {
		return err
	}
	return <-sent
}

func run(target, command string, words []string) error {
	conn, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c := client{pb.NewRouteGuideServiceClient(conn), ctx}
	commands := map[string]func([]string) error{"place": c.place, "places": c.places, "route": c.route, "chat": c.chat}
	return commands[command](words)
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: routeguide-go TARGET place|places|route|chat WORD...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		s := status.Convert(err)
		fmt.Fprintf(os.Stderr, "routeguide-client: %s: %s\n", code.Code(s.Code()), s.Message()) // "NOT_FOUND"
		os.Exit(1)
	}
}
