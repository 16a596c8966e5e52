// Command shipping shows how a backend ships an order: from the order to its air waybill and its first-mile number.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"slices"
	"time"

	"firstmile.dev/go/firstmile"
	pb "firstmile.dev/go/firstmile/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

const (
	shop           = 600001
	deadline       = 10 * time.Second // of each call
	streamDeadline = time.Minute
	questions      = 100 // until something that Shopee makes is there
)

// ordersToShip lists the orders whose shipment is to be arranged, each once. The sidecar turns the pages.
func ordersToShip(ctx context.Context, client pb.OrderServiceClient) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, streamDeadline)
	defer cancel()
	var found []string
	stream := firstmile.Read(client.StreamShipments(ctx, &pb.StreamShipmentsRequest{ShopIds: []int64{shop}}))
	for message := range stream.Messages {
		if failure := message.GetFailure(); failure != nil {
			return nil, errors.New(failure.GetMessage())
		}
		for _, order := range message.GetPage().GetOrderList() {
			if !slices.Contains(found, order.GetOrderSn()) {
				found = append(found, order.GetOrderSn())
			}
		}
	}
	return found, stream.Err()
}

// ship has the parcel collected at the first address and time that Shopee offers.
func ship(ctx context.Context, client pb.LogisticsServiceClient, orderSn string) (int64, error) {
	offered, err := client.GetShippingParameter(ctx, &pb.GetShippingParameterRequest{ShopId: shop, OrderSn: orderSn})
	if err != nil {
		return 0, err
	}
	addresses := offered.GetPickup().GetAddressList()
	if len(addresses) == 0 {
		return 0, fmt.Errorf("%s cannot be collected", orderSn)
	}
	pickup := &pb.ShipOrderPickup{AddressId: addresses[0].GetAddressId()}
	if slots := addresses[0].GetTimeSlotList(); len(slots) > 0 {
		pickup.PickupTimeId = slots[0].GetPickupTimeId()
	}
	_, err = client.ShipOrder(ctx, &pb.ShipOrderRequest{ShopId: shop, OrderSn: orderSn, Pickup: pickup})
	return pickup.GetAddressId(), err
}

// poll asks until there is an answer.
func poll(interval time.Duration, question func() (bool, error)) error {
	for range questions {
		if done, err := question(); done || err != nil {
			return err
		}
		time.Sleep(interval)
	}
	return errors.New("Shopee takes too long")
}

func tell(ctx context.Context, conn *grpc.ClientConn, label string, interval time.Duration) error {
	waiting, err := ordersToShip(ctx, pb.NewOrderServiceClient(conn))
	if err != nil {
		return err
	}
	if len(waiting) == 0 {
		return errors.New("no order waits to be shipped")
	}
	order, logistics := waiting[0], pb.NewLogisticsServiceClient(conn)
	fmt.Printf("1. shop %d: %d orders to ship, the first is %s\n", shop, len(waiting), order)
	address, err := ship(ctx, logistics, order)
	if err != nil {
		return err
	}
	fmt.Println("2. shipped, to be collected at address", address)
	number := "" // until the carrier has assigned it
	err = poll(interval, func() (bool, error) {
		answer, err := logistics.GetTrackingNumber(ctx, &pb.GetTrackingNumberRequest{ShopId: shop, OrderSn: order})
		number = answer.GetTrackingNumber()
		return number != "", err
	})
	if err != nil {
		return err
	}
	fmt.Println("3. tracking number", number)
	if err := makeLabel(ctx, logistics, order, number, label, interval); err != nil {
		return err
	}
	firstMileNumber, err := bind(ctx, pb.NewFirstMileServiceClient(conn), order)
	if err != nil {
		return err
	}
	fmt.Println("5. bound to first-mile number", firstMileNumber)
	return nil
}

// withDeadline gives each call a deadline: one without would wait for ever.
func withDeadline(
	ctx context.Context, method string, request, answer any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker,
	options ...grpc.CallOption,
) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	return invoke(ctx, method, request, answer, conn, options...)
}

func main() {
	target := flag.String("target", "127.0.0.1:50051", "`HOST:PORT` of firstmiled")
	label := flag.String("label", "label.pdf", "`FILE` to write the air waybill to")
	interval := flag.Duration("interval", time.Second, "between questions; with Shopee five minutes")
	flag.Parse()
	conn, err := grpc.NewClient(*target,
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithUnaryInterceptor(withDeadline))
	if err == nil {
		err = tell(context.Background(), conn, *label, *interval)
	}
	if err != nil {
		log.Fatal(err)
	}
}
