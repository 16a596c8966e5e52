// Command beside has our stubs and another team's in one program, and uses both.
package main

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"firstmile.dev/go/acme"
	pb "firstmile.dev/go/firstmile/v1"
)

func main() {
	file := acme.File_acme_private_v1_private_proto
	rpc := file.Services().ByName("Parcels").Methods().ByName("Weigh").Options()
	fields := (&acme.Parcel{}).ProtoReflect().Descriptor().Fields()
	small := acme.Size_SIZE_SMALL.Descriptor().Values().ByName("SIZE_SMALL").Options()
	fmt.Println("route", proto.GetExtension(rpc, acme.E_Route), proto.GetExtension(rpc, acme.E_RouteAlias))
	fmt.Println("column", proto.GetExtension(fields.ByName("name").Options(), acme.E_Column))
	fmt.Println("unit", proto.GetExtension(fields.ByName("weight").Options(), acme.E_Unit))
	fmt.Println("label", proto.GetExtension(small, acme.E_Label))
	encoded, err := proto.Marshal(&pb.OrderKey{OrderSn: "A"})
	if err != nil {
		panic(err)
	}
	var key pb.OrderKey
	if err := proto.Unmarshal(encoded, &key); err != nil {
		panic(err)
	}
	fmt.Println("order", key.GetOrderSn())
}
