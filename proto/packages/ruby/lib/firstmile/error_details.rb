# frozen_string_literal: true

require "google/protobuf/well_known_types"
require "google/rpc/error_details_pb"
require "grpc"

require "firstmile/v1/error_reason_pb"
require "firstmile/v1/failure_pb"

module Firstmile
  # What the sidecar says about a failed call besides its status code and message.
  #
  #   rescue GRPC::BadStatus => error
  #     details = Firstmile::ErrorDetails.of(error)
  #     details.reason # => :ERROR_REASON_RATE_LIMITED
  class ErrorDetails
    DOMAIN = "firstmile"
    UNSPECIFIED = :ERROR_REASON_UNSPECIFIED

    # A name of Firstmile::V1::ErrorReason; ERROR_REASON_UNSPECIFIED when the error names none that is known.
    attr_reader :reason

    # Circumstances by name, for example "vendorCode"; error_reason.proto lists them.
    attr_reader :metadata

    # Seconds to wait before trying again, as sleep takes them; nil when the sidecar names no time.
    attr_reader :retry_delay

    # What is wrong with the request, as an array of Firstmile::V1::FieldViolation.
    attr_reader :field_violations

    # Reads a GRPC::BadStatus. An error that carries no details, or none of the sidecar's, has empty ones; a detail
    # that cannot be read is left out.
    def self.of(error)
      new(error.to_rpc_status&.details.to_a)
    end

    def initialize(details)
      info = unpack(details, Google::Rpc::ErrorInfo).find { |detail| detail.domain == DOMAIN }
      @reason = known_reason(info)
      @metadata = info.to_h.fetch(:metadata, {}).freeze
      @retry_delay = unpack(details, Google::Rpc::RetryInfo).first&.retry_delay&.to_f&.clamp(0.0..)
      @field_violations = violations(unpack(details, Google::Rpc::BadRequest).first).freeze
    end

    # The reason without its prefix, then the faults of the request: "REQUEST_INVALID: order_sn must not be empty".
    def to_s
      faults = field_violations.map { |fault| ": #{fault.field} #{fault.description}" }
      [reason.to_s.delete_prefix("ERROR_REASON_"), *faults].join
    end

    private

    # The details of a type that can be read.
    def unpack(details, type)
      details.select { |detail| detail.is(type) }.filter_map do |detail|
        detail.unpack(type)
      rescue Google::Protobuf::ParseError
        nil
      end
    end

    def known_reason(info)
      name = :"ERROR_REASON_#{info&.reason}"
      V1::ErrorReason.resolve(name) ? name : UNSPECIFIED
    end

    def violations(bad_request)
      bad_request.to_h.fetch(:field_violations, []).map do |violation|
        V1::FieldViolation.new(field: violation[:field], description: violation[:description])
      end
    end
  end
end
