"""Client of firstmiled, the gRPC sidecar for the Shopee Open Platform."""
