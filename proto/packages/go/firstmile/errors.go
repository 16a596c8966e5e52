// Package firstmile decodes what a failed call to firstmiled tells besides its status code and message.
package firstmile

import (
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"

	firstmilev1 "firstmile.dev/go/firstmile/v1"
)

const domain = "firstmile"

// ErrorDetails is what an error tells besides its status code and message.
type ErrorDetails struct {
	// Reason is UNSPECIFIED also for a reason that this version of the package does not know.
	Reason firstmilev1.ErrorReason

	// Metadata has for example operation, vendorCode, requestId, httpStatus, remedy, authorizationUrl.
	Metadata map[string]string

	// FieldViolations come only with ERROR_REASON_REQUEST_INVALID.
	FieldViolations []FieldViolation

	retryDelay *time.Duration
}

// FieldViolation is one fault of the request.
type FieldViolation struct {
	Field       string
	Description string
}

// FromError decodes the error of a call, also a wrapped one. An error without details, or of another origin,
// gives empty ones.
func FromError(err error) ErrorDetails {
	var details ErrorDetails
	for _, detail := range status.Convert(err).Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			details.addInfo(detail)
		case *errdetails.RetryInfo:
			details.addRetry(detail)
		case *errdetails.BadRequest:
			details.addViolations(detail)
		}
	}
	return details
}

// String is the reason without its prefix, then the faults of the request: "REQUEST_INVALID: order_sn must not be empty".
func (d ErrorDetails) String() string {
	text := ReasonName(d.Reason)
	for _, fault := range d.FieldViolations {
		text += ": " + fault.Field + " " + fault.Description
	}
	return text
}

// RetryDelay says how long to wait before trying again; false when waiting does not help, or no time is known.
func (d ErrorDetails) RetryDelay() (time.Duration, bool) {
	if d.retryDelay == nil {
		return 0, false
	}
	return *d.retryDelay, true
}

func (d *ErrorDetails) addInfo(info *errdetails.ErrorInfo) {
	if info.GetDomain() != domain {
		return
	}
	// The map's answer for an unknown name is 0, UNSPECIFIED.
	d.Reason = firstmilev1.ErrorReason(firstmilev1.ErrorReason_value["ERROR_REASON_"+info.GetReason()])
	d.Metadata = info.GetMetadata()
}

func (d *ErrorDetails) addRetry(info *errdetails.RetryInfo) {
	if delay := info.GetRetryDelay(); delay != nil {
		duration := max(delay.AsDuration(), 0)
		d.retryDelay = &duration
	}
}

func (d *ErrorDetails) addViolations(request *errdetails.BadRequest) {
	for _, violation := range request.GetFieldViolations() {
		d.FieldViolations = append(d.FieldViolations, FieldViolation{violation.GetField(), violation.GetDescription()})
	}
}
