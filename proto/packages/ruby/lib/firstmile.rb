# frozen_string_literal: true

require_relative "firstmile/error_details"
require_relative "firstmile/version"

# The stubs are in Firstmile::V1, for example Firstmile::V1::FirstMileService::Stub.
Dir.glob("firstmile/v1/*_services_pb.rb", base: __dir__).sort.each { |file| require file.delete_suffix(".rb") }
