# frozen_string_literal: true

# How a backend has parcels picked up, from waiting orders to a printable waybill.

require "date"
require "firstmile"
require "optparse"

# Tells the story for one shop, against one sidecar.
class PickupStory
  include Firstmile::V1

  SHOP = 600_001
  SHOPS = [SHOP, 600_002].freeze
  PICKUP_CHANNEL = 813 # Shopee's own truck

  def initialize(target)
    @auth = AuthService::Stub.new(target, :this_channel_is_insecure)
    @first_mile = FirstMileService::Stub.new(target, :this_channel_is_insecure)
    @logistics = LogisticsService::Stub.new(target, :this_channel_is_insecure)
  end

  def tell(waybill)
    waiting = waiting_orders
    SHOPS.each { |shop| puts "1. shop #{shop}: #{waiting[shop].size} orders wait" }
    number = generate_number
    puts "2. number #{number}"
    bind(number, waiting[SHOP].sort.first(2) + ["NOSUCHORDER"]).each { |outcome| puts "3. #{describe(outcome)}" }
    puts "4. on the number: #{orders_on(number).sort.join(", ")}"
    puts "5. waybill: #{save_waybill(number, waybill).join(", ")} bytes"
    tell_failures
  end

  private

  # Every order that can be bound now, by shop. The sidecar turns the pages.
  def waiting_orders
    request = StreamUnbindOrdersRequest.new(shop_ids: SHOPS, page_size: 10)
    waiting = Hash.new { |orders, shop| orders[shop] = [] }
    @first_mile.stream_unbind_orders(request, deadline: deadline(60)).each do |message|
      raise "shop #{message.shop_id}: #{message.failure.message}" if message.outcome == :failure

      bindable = message.page.order_list.select { |order| order.logistics_status == :LOGISTICS_STATUS_REQUEST_CREATED }
      waiting[message.shop_id].concat(bindable.map(&:order_sn))
    end
    waiting
  end

  # A new number for tomorrow. Never repeated blindly: every call makes another number.
  def generate_number
    tomorrow = Time.now.getlocal("+08:00").to_date.next_day.iso8601
    request = GenerateFirstMileTrackingNumberRequest.new(shop_id: SHOP, declare_date: tomorrow, quantity: 1)
    @first_mile.generate_first_mile_tracking_number(request, deadline: deadline).first_mile_tracking_number_list.first
  end

  # Puts orders on the number. OK means that Shopee answered: each order has its own outcome.
  def bind(number, orders)
    request = BindFirstMileTrackingNumberRequest.new(
      shop_id: SHOP, first_mile_tracking_number: number, shipment_method: "pickup", region: "CN",
      logistics_channel_id: PICKUP_CHANNEL, order_list: orders.map { |order| OrderKey.new(order_sn: order) }
    )
    @first_mile.bind_first_mile_tracking_number(request, deadline: deadline).outcomes
  end

  def describe(outcome)
    fault = outcome.failure && " #{bare(outcome.failure.reason)}: #{outcome.failure.vendor_message}"
    "#{outcome.order_sn} #{outcome.state.to_s.delete_prefix("OUTCOME_STATE_")}#{fault}"
  end

  def orders_on(number)
    request = StreamFirstMileDetailRequest.new(shop_id: SHOP, first_mile_tracking_number: number)
    @first_mile.stream_first_mile_detail(request, deadline: deadline(60))
               .flat_map { |message| message.page.order_list.map(&:order_sn) }
  end

  # Writes the file piece by piece, so that its size does not matter. Returns its media type and size.
  def save_waybill(number, path)
    request = DownloadWaybillRequest.new(shop_id: SHOP, first_mile_tracking_number_list: [number])
    type = nil
    File.open(path, "wb") do |file|
      @first_mile.download_waybill(request, deadline: deadline(60)).each do |piece|
        type ||= piece.content_type
        file.write(piece.chunk)
      end
      [type, file.pos]
    end
  end

  def tell_failures
    puts "6. #{explain(failure { tracking_number("") })}"
    puts "6. #{explain(failure { tracking_number("NOSUCHORDER") })}"
    puts "7. #{code_name(failure { watch_shops(0.3) })}"
    puts "8. #{code_name(failure { cancel_after_first_message })}"
  end

  def tracking_number(order)
    @logistics.get_tracking_number(GetTrackingNumberRequest.new(shop_id: SHOP, order_sn: order), deadline: deadline)
  end

  # A watch has no end of its own.
  def watch_shops(seconds)
    @auth.watch_shops(WatchShopsRequest.new, deadline: deadline(seconds)).to_a
  end

  def cancel_after_first_message
    request = StreamUnbindOrdersRequest.new(shop_ids: [SHOP], page_size: 1)
    call = @first_mile.stream_unbind_orders(request, deadline: deadline(60), return_op: true)
    call.execute.each { call.cancel }
  end

  # The error that the call in the block ends with.
  def failure
    yield
    raise "the call did not fail"
  rescue GRPC::BadStatus => e
    e
  end

  def explain(error)
    "#{code_name(error)} #{Firstmile::ErrorDetails.of(error)}"
  end

  def code_name(error)
    GRPC::Core::StatusCodes.constants.find { |name| GRPC::Core::StatusCodes.const_get(name) == error.code }
  end

  def bare(reason)
    reason.to_s.delete_prefix("ERROR_REASON_")
  end

  def deadline(seconds = 10)
    Time.now + seconds
  end
end

flags = { target: "127.0.0.1:50051", waybill: "waybill.pdf" }
OptionParser.new do |parser|
  parser.on("--target HOST:PORT", "address of firstmiled")
  parser.on("--waybill FILE", "where the waybill goes")
end.parse!(into: flags)

begin
  PickupStory.new(flags[:target]).tell(flags[:waybill])
rescue StandardError => e
  abort e.message
end
