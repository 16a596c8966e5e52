// Command values tells what it reads of messages whose values a careless client would lose.
package main

import (
	"bytes"
	"fmt"
	"os"

	"google.golang.org/protobuf/proto"

	pb "firstmile.dev/go/firstmile/v1"
)

func main() {
	for _, file := range os.Args[1:3] {
		var request pb.GenerateAndBindFirstMileTrackingNumberRequest
		encoded := read(file, &request)
		info := request.GetCourierDeliveryInfo()
		fmt.Println("shop_id", request.GetShopId())
		fmt.Println("logistics_product_id", info.GetLogisticsProductId())
		if info.PrepaidAccountId == nil {
			fmt.Println("prepaid_account_id is absent")
		} else {
			fmt.Println("prepaid_account_id", *info.PrepaidAccountId)
		}
		tellWhetherSame(&request, encoded)
	}
	var outcome pb.OrderOutcome
	encoded := read(os.Args[3], &outcome)
	switch outcome.State {
	case pb.OutcomeState_OUTCOME_STATE_SUCCEEDED, pb.OutcomeState_OUTCOME_STATE_FAILED:
		fmt.Println("state is known")
	default:
		fmt.Println("state is another:", int32(outcome.State))
	}
	tellWhetherSame(&outcome, encoded)
}

func read(file string, message proto.Message) []byte {
	encoded, err := os.ReadFile(file)
	if err == nil {
		err = proto.Unmarshal(encoded, message)
	}
	if err != nil {
		panic(err)
	}
	return encoded
}

func tellWhetherSame(message proto.Message, encoded []byte) {
	again, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	fmt.Println("passed on unchanged:", err == nil && bytes.Equal(again, encoded))
}
