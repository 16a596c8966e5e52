// Command print_details runs the code of the page of the Go package.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"firstmile.dev/go/firstmile"
	firstmilev1 "firstmile.dev/go/firstmile/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

var shops = []int64{600001}

func page() error {
	// PAGE
}

func main() {
	if err := page(); err != nil {
		log.Fatal(err)
	}
}
