// transcode-go: JSON -> wire and wire -> JSON by protojson, for bench/transcode.
//
//	transcode-go FILE...     a round for each body: a line "ns-in ns-out"
//
// CPU of the whole process, its garbage collector included.
package main

import (
	"fmt"
	"log"
	"os"
	"syscall"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	echo "transcode/gen/bench/v1"
)

const roundNs = 200e6

var sum int

func nowNs() float64 {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

func measure(length int, convert func()) float64 {
	count, batch, start := 0, 1+16384/length, nowNs()
	for {
		for range batch {
			convert()
		}
		count += batch
		if spent := nowNs() - start; spent >= roundNs {
			return spent / float64(count)
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	for _, path := range os.Args[1:] {
		json, err := os.ReadFile(path)
		check(err)
		var message, again echo.EchoMessage
		check(protojson.Unmarshal(json, &message))
		wire, err := proto.Marshal(&message)
		check(err)
		back, err := protojson.Marshal(&message)
		check(err)
		check(protojson.Unmarshal(back, &again))
		if !proto.Equal(&message, &again) || len(message.Items) == 0 {
			log.Fatal(path, " does not come back as it was")
		}
		in := measure(len(json), func() {
			var m echo.EchoMessage
			check(protojson.Unmarshal(json, &m))
			out, err := proto.Marshal(&m)
			check(err)
			sum += len(out)
		})
		out := measure(len(json), func() {
			var m echo.EchoMessage
			check(proto.Unmarshal(wire, &m))
			out, err := protojson.Marshal(&m)
			check(err)
			sum += len(out)
		})
		fmt.Printf("%.1f %.1f\n", in, out)
	}
	fmt.Fprintln(os.Stderr, sum, "bytes written in all")
}
