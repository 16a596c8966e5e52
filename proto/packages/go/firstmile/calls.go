package firstmile

import (
	"errors"
	"io"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	firstmilev1 "firstmile.dev/go/firstmile/v1"
)

// Stream reads the messages of a call. It belongs to one goroutine.
type Stream[Message any] struct {
	calls grpc.ServerStreamingClient[Message]
	err   error
}

// Read takes what the call of a stream returns:
//
//	stream := firstmile.Read(client.StreamUnbindOrders(ctx, request))
//	for message := range stream.Messages {
//		...
//	}
//	return stream.Err()
//
// A loop that is left early goes on with the next one. Cancel the ctx of a call whose end is not waited for.
func Read[Message any](stream grpc.ServerStreamingClient[Message], err error) *Stream[Message] {
	return &Stream[Message]{stream, err}
}

// Messages are those to come, until the stream ends or fails.
func (s *Stream[Message]) Messages(yield func(*Message) bool) {
	for s.err == nil {
		var message *Message
		if message, s.err = s.calls.Recv(); s.err == nil && !yield(message) {
			return
		}
	}
}

// Err tells how the stream has failed; nil when it has not ended, or has ended well.
func (s *Stream[Message]) Err() error {
	if errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}

// Finish reads to the end, without giving what comes, and tells how the stream has failed.
func (s *Stream[Message]) Finish() error {
	for range s.Messages {
	}
	return s.Err()
}

// Describe tells what became of one order of a batch: the order, its state, and of a failure the reason and Shopee's text.
func Describe(outcome *firstmilev1.OrderOutcome) string {
	text := outcome.GetOrderSn() + " " + strings.TrimPrefix(outcome.GetState().String(), "OUTCOME_STATE_")
	if failure := outcome.GetFailure(); failure != nil {
		text += " " + ReasonName(failure.GetReason()) + ": " + failure.GetVendorMessage()
	}
	return text
}

// CodeName is the status code of an error as the specification of gRPC writes it, for example NOT_FOUND.
func CodeName(err error) string { return code.Code(status.Code(err)).String() }

// ReasonName is a reason without its prefix, for example NOT_FOUND; its number when this version does not know it.
func ReasonName(reason firstmilev1.ErrorReason) string {
	return strings.TrimPrefix(reason.String(), "ERROR_REASON_")
}
