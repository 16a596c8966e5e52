package main

import (
	"context"
	"errors"
	"time"

	pb "firstmile.dev/go/firstmile/v1"
)

// succeeded is nil if the only outcome is: no error of the call means that Shopee answered.
func succeeded(state pb.OutcomeState, failure *pb.Failure) error {
	if state == pb.OutcomeState_OUTCOME_STATE_SUCCEEDED {
		return nil
	}
	return errors.New(failure.GetMessage())
}

// bind puts the order on a new first-mile number for tomorrow.
func bind(ctx context.Context, client pb.FirstMileServiceClient, orderSn string) (string, error) {
	tomorrow := time.Now().In(time.FixedZone("UTC+8", 8*60*60)).AddDate(0, 0, 1).Format(time.DateOnly)
	wanted := &pb.GenerateFirstMileTrackingNumberRequest{ShopId: shop, DeclareDate: tomorrow}
	generated, err := client.GenerateFirstMileTrackingNumber(ctx, wanted)
	if err != nil {
		return "", err
	}
	number := generated.GetFirstMileTrackingNumberList()[0]
	request := &pb.BindFirstMileTrackingNumberRequest{ShopId: shop, FirstMileTrackingNumber: number}
	request.ShipmentMethod, request.Region, request.LogisticsChannelId = "pickup", "CN", 813 // Shopee's own truck
	request.OrderList = []*pb.OrderKey{{OrderSn: orderSn}}
	answer, err := client.BindFirstMileTrackingNumber(ctx, request)
	if err != nil {
		return "", err
	}
	return number, succeeded(answer.GetOutcomes()[0].GetState(), answer.GetOutcomes()[0].GetFailure())
}
