// Command errors prints what the module's helper says about the error of each named case: TARGET CASE...
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"firstmile.dev/go/firstmile"
	pb "firstmile.dev/go/firstmile/v1"
)

func printed(details firstmile.ErrorDetails) string {
	delay, known := details.RetryDelay()
	switch {
	case !known:
		return "none"
	case delay > 365*24*time.Hour:
		return "long"
	}
	return fmt.Sprintf("%d ms", delay.Milliseconds())
}

func main() {
	conn, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, name := range os.Args[2:] {
		request := &pb.GetTrackingNumberRequest{OrderSn: name}
		_, err := pb.NewLogisticsServiceClient(conn).GetTrackingNumber(ctx, request)
		details := firstmile.FromError(err)
		var metadata []string
		for key, value := range details.Metadata {
			metadata = append(metadata, key+"="+value)
		}
		slices.Sort(metadata)
		fmt.Println(strings.Join(append([]string{name, details.String(), printed(details)}, metadata...), " | "))
	}
}
