package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"firstmile.dev/go/firstmile"
	pb "firstmile.dev/go/firstmile/v1"
)

// makeLabel creates the air waybill, waits until it is made, and writes it piece by piece.
func makeLabel(
	ctx context.Context, client pb.LogisticsServiceClient, orderSn, number, path string, interval time.Duration,
) error {
	document := &pb.NewShippingDocument{OrderSn: orderSn, TrackingNumber: number}
	created, err := client.CreateShippingDocument(ctx,
		&pb.CreateShippingDocumentRequest{ShopId: shop, OrderList: []*pb.NewShippingDocument{document}})
	if err != nil {
		return err
	}
	if err := succeeded(created.GetOutcomes()[0].GetState(), created.GetOutcomes()[0].GetFailure()); err != nil {
		return err
	}
	asked := &pb.GetShippingDocumentResultRequest{ShopId: shop, OrderList: []*pb.ShippingDocumentKey{{OrderSn: orderSn}}}
	err = poll(interval, func() (bool, error) {
		answer, err := client.GetShippingDocumentResult(ctx, asked)
		if err != nil {
			return false, err
		}
		outcome := answer.GetOutcomes()[0]
		made := outcome.GetStatus() != pb.ShippingDocumentStatus_SHIPPING_DOCUMENT_STATUS_PROCESSING
		return made, succeeded(outcome.GetState(), outcome.GetFailure())
	})
	if err != nil {
		return err
	}
	return saveLabel(ctx, client, orderSn, path)
}

func saveLabel(ctx context.Context, client pb.LogisticsServiceClient, orderSn, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	contentType, size, err := writeLabel(ctx, client, orderSn, file)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	fmt.Printf("4. air waybill: %s, %d bytes\n", contentType, size)
	return nil
}

func writeLabel(
	ctx context.Context, client pb.LogisticsServiceClient, orderSn string, file io.Writer,
) (contentType string, size int, err error) {
	ctx, cancel := context.WithTimeout(ctx, streamDeadline)
	defer cancel()
	request := &pb.StreamShippingDocumentRequest{ShopId: shop, OrderList: []*pb.OrderKey{{OrderSn: orderSn}}}
	stream := firstmile.Read(client.StreamShippingDocument(ctx, request))
	for piece := range stream.Messages {
		contentType += piece.GetContentType() // only the first piece has one
		size += len(piece.GetChunk())
		if _, err := file.Write(piece.GetChunk()); err != nil {
			return contentType, size, err
		}
	}
	return contentType, size, stream.Err()
}
