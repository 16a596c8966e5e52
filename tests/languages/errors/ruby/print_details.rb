# frozen_string_literal: true

# Prints what the gem's helper says about the error of each named case: TARGET CASE...

require "firstmile"

LONG_SECONDS = 365 * 24 * 60 * 60

def printed(delay)
  return "none" if delay.nil?

  delay > LONG_SECONDS ? "long" : "#{(delay * 1000).round} ms"
end

target, *cases = ARGV
logistics = Firstmile::V1::LogisticsService::Stub.new(target, :this_channel_is_insecure)
cases.each do |name|
  request = Firstmile::V1::GetTrackingNumberRequest.new(order_sn: name)
  logistics.get_tracking_number(request, deadline: Time.now + 10)
rescue GRPC::BadStatus => e
  details = Firstmile::ErrorDetails.of(e)
  metadata = details.metadata.sort.map { |key, value| "#{key}=#{value}" }
  puts [name, details, printed(details.retry_delay), *metadata].join(" | ")
end
