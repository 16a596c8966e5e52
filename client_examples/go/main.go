// Command pickup_story shows how a backend has parcels picked up, from waiting orders to a printable waybill.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"time"

	"firstmile.dev/go/firstmile"
	pb "firstmile.dev/go/firstmile/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
)

const shop, otherShop = 600001, 600002

func tell(ctx context.Context, conn *grpc.ClientConn, path string) error {
	client := pb.NewFirstMileServiceClient(conn)
	waiting, err := waitingOrders(ctx, client)
	if err != nil {
		return err
	}
	fmt.Printf("1. shop %d: %d orders wait\n", shop, len(waiting[shop]))
	fmt.Printf("1. shop %d: %d orders wait\n", otherShop, len(waiting[otherShop]))
	tomorrow := time.Now().In(time.FixedZone("UTC+8", 8*60*60)).AddDate(0, 0, 1).Format(time.DateOnly)
	request := &pb.GenerateFirstMileTrackingNumberRequest{ShopId: shop, DeclareDate: tomorrow, Quantity: proto.Int32(1)}
	generated, err := client.GenerateFirstMileTrackingNumber(ctx, request) // Never repeat it blindly: each makes a number.
	if err != nil {
		return err
	}
	number := generated.GetFirstMileTrackingNumberList()[0]
	fmt.Println("2. number", number)
	first := slices.Sorted(slices.Values(waiting[shop]))[:min(2, len(waiting[shop]))]
	if err := bind(ctx, client, number, append(first, "NOSUCHORDER")); err != nil {
		return err
	}
	if err := printBoundOrders(ctx, client, number); err != nil {
		return err
	}
	return saveWaybill(ctx, client, number, path)
}

// waitingOrders lists the orders of each shop that can be bound now. The sidecar turns the pages.
func waitingOrders(ctx context.Context, client pb.FirstMileServiceClient) (map[int64][]string, error) {
	waiting := map[int64][]string{}
	request := &pb.StreamUnbindOrdersRequest{ShopIds: []int64{shop, otherShop}, PageSize: 10}
	stream := firstmile.Read(client.StreamUnbindOrders(ctx, request))
	for message := range stream.Messages {
		if failure := message.GetFailure(); failure != nil {
			return nil, fmt.Errorf("shop %d: %s", message.GetShopId(), failure.GetMessage())
		}
		for _, order := range message.GetPage().GetOrderList() {
			if order.GetLogisticsStatus() == pb.LogisticsStatus_LOGISTICS_STATUS_REQUEST_CREATED {
				waiting[message.GetShopId()] = append(waiting[message.GetShopId()], order.GetOrderSn())
			}
		}
	}
	return waiting, stream.Err()
}

// bind puts orders on the number. No error means that Shopee answered: each order has its own outcome.
func bind(ctx context.Context, client pb.FirstMileServiceClient, number string, orderSns []string) error {
	request := &pb.BindFirstMileTrackingNumberRequest{ShopId: shop, FirstMileTrackingNumber: number}
	request.ShipmentMethod, request.Region, request.LogisticsChannelId = "pickup", "CN", 813 // Shopee's own truck
	for _, orderSn := range orderSns {
		request.OrderList = append(request.OrderList, &pb.OrderKey{OrderSn: orderSn})
	}
	answer, err := client.BindFirstMileTrackingNumber(ctx, request)
	for _, outcome := range answer.GetOutcomes() {
		fmt.Println("3.", firstmile.Describe(outcome))
	}
	return err
}

func printBoundOrders(ctx context.Context, client pb.FirstMileServiceClient, number string) error {
	var bound []string
	request := &pb.StreamFirstMileDetailRequest{ShopId: shop, FirstMileTrackingNumber: number}
	stream := firstmile.Read(client.StreamFirstMileDetail(ctx, request))
	for message := range stream.Messages {
		for _, order := range message.GetPage().GetOrderList() {
			bound = append(bound, order.GetOrderSn())
		}
	}
	slices.Sort(bound)
	fmt.Println("4. on the number:", strings.Join(bound, ", "))
	return stream.Err()
}

// saveWaybill writes the file piece by piece, so that its size does not matter.
func saveWaybill(ctx context.Context, client pb.FirstMileServiceClient, number, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	request := &pb.DownloadWaybillRequest{ShopId: shop, FirstMileTrackingNumberList: []string{number}}
	contentType, size := "", 0
	stream := firstmile.Read(client.DownloadWaybill(ctx, request))
	for piece := range stream.Messages {
		contentType += piece.GetContentType() // only the first piece has one
		size += len(piece.GetChunk())
		if _, err := file.Write(piece.GetChunk()); err != nil {
			return err
		}
	}
	fmt.Printf("5. waybill: %s, %d bytes\n", contentType, size)
	return stream.Err()
}

func tellFailures(ctx context.Context, conn *grpc.ClientConn) {
	for _, orderSn := range []string{"", "NOSUCHORDER"} {
		request := &pb.GetTrackingNumberRequest{ShopId: shop, OrderSn: orderSn}
		_, err := pb.NewLogisticsServiceClient(conn).GetTrackingNumber(ctx, request)
		fmt.Println("6.", firstmile.CodeName(err), firstmile.FromError(err))
	}
	hasty, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	watch := firstmile.Read(pb.NewAuthServiceClient(conn).WatchShops(hasty, &pb.WatchShopsRequest{}))
	fmt.Println("7.", firstmile.CodeName(watch.Finish()))
	leaving, leave := context.WithCancel(ctx)
	request := &pb.StreamUnbindOrdersRequest{ShopIds: []int64{shop}, PageSize: 1}
	pages := firstmile.Read(pb.NewFirstMileServiceClient(conn).StreamUnbindOrders(leaving, request))
	for range pages.Messages {
		leave()
	}
	fmt.Println("8.", firstmile.CodeName(pages.Err()))
}

func main() {
	target := flag.String("target", "127.0.0.1:50051", "`HOST:PORT` of firstmiled")
	waybill := flag.String("waybill", "waybill.pdf", "`FILE` to write the waybill to")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // every call needs a deadline
	defer cancel()
	conn, err := grpc.NewClient(*target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err == nil {
		err = tell(ctx, conn, *waybill)
	}
	if err != nil {
		log.Fatal(err)
	}
	tellFailures(ctx, conn)
}
