//go:build tools

// Package tools pins h2spec, which checks an HTTP/2 server against the RFCs; .dev/setup.sh builds it.
package tools

import _ "github.com/summerwind/h2spec/cmd/h2spec"
