package dev.firstmile.example;

import static java.lang.System.out;

import dev.firstmile.client.FirstmileError;
import dev.firstmile.client.Names;
import dev.firstmile.v1.*;
import io.grpc.*;
import java.io.IOException;
import java.nio.file.*;
import java.time.*;
import java.util.*;

/** Has parcels picked up, from waiting orders to a printable waybill; then calls that fail. */
public record PickupStory(Channel channel) {
  private static final long SHOP = 600001;
  private static final long OTHER_SHOP = 600002;
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration STREAM_DEADLINE = Duration.ofSeconds(60);

  public static void main(String[] arguments) throws IOException {
    var flags = new HashMap<>(Map.of("--target", "127.0.0.1:50051", "--waybill", "waybill.pdf"));
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      flags.put(arguments[i], arguments[i + 1]);
    }
    var plainText = InsecureChannelCredentials.create();
    var channel = Grpc.newChannelBuilder(flags.get("--target"), plainText).build();
    try {
      new PickupStory(channel).tell(Path.of(flags.get("--waybill")));
    } finally {
      channel.shutdownNow();
    }
  }

  private void tell(Path waybill) throws IOException {
    var waiting = waitingOrders(List.of(SHOP, OTHER_SHOP));
    waiting.forEach((shop, all) -> out.printf("1. shop %d: %d orders wait%n", shop, all.size()));
    var number = generateNumber();
    out.printf("2. number %s%n", number);
    bind(number, waiting.get(SHOP)).forEach(order -> out.printf("3. %s%n", Names.describe(order)));
    out.printf("4. on the number: %s%n", String.join(", ", ordersOn(number)));
    out.printf("5. waybill: %s, %d bytes%n", saveWaybill(number, waybill), Files.size(waybill));
    out.printf("6. %s%n", failureOf(() -> readTrackingNumber("")));
    out.printf("6. %s%n", failureOf(() -> readTrackingNumber("NOSUCHORDER")));
    out.printf("7. %s%n", failureOf(this::watchUntilDeadline).status().getCode());
    out.printf("8. %s%n", failureOf(this::cancelAfterFirstPage).status().getCode());
  }

  /** The orders of each shop that can be bound now. The sidecar turns the pages. */
  private SortedMap<Long, SortedSet<String>> waitingOrders(List<Long> shops) {
    var waiting = new TreeMap<Long, SortedSet<String>>();
    shops.forEach(shop -> waiting.put(shop, new TreeSet<>()));
    var request = StreamUnbindOrdersRequest.newBuilder().addAllShopIds(shops).setPageSize(10);
    var messages = firstMile(STREAM_DEADLINE).streamUnbindOrders(request.build());
    messages.forEachRemaining(message -> addWaiting(message, waiting.get(message.getShopId())));
    return waiting;
  }

  private static void addWaiting(StreamUnbindOrdersResponse message, Set<String> waiting) {
    if (message.hasFailure()) {
      throw new IllegalStateException(message.getFailure().getMessage());
    }
    for (var order : message.getPage().getOrderListList()) {
      if (order.getLogisticsStatus() == LogisticsStatus.LOGISTICS_STATUS_REQUEST_CREATED) {
        waiting.add(order.getOrderSn());
      }
    }
  }

  /** A number for tomorrow. Each call makes another one, so it is never repeated blindly. */
  private String generateNumber() {
    var tomorrow = LocalDate.now(ZoneOffset.ofHours(8)).plusDays(1).toString();
    var request = GenerateFirstMileTrackingNumberRequest.newBuilder();
    request.setShopId(SHOP).setDeclareDate(tomorrow).setQuantity(1);
    var response = firstMile(DEADLINE).generateFirstMileTrackingNumber(request.build());
    return response.getFirstMileTrackingNumberList(0);
  }

  /** The call ends well even when an order fails: each has an outcome of its own. */
  private List<OrderOutcome> bind(String number, Set<String> waiting) {
    var request = BindFirstMileTrackingNumberRequest.newBuilder();
    request.setShopId(SHOP).setFirstMileTrackingNumber(number);
    request.setShipmentMethod("pickup").setRegion("CN").setLogisticsChannelId(813);
    waiting.stream().limit(2).forEach(order -> request.addOrderListBuilder().setOrderSn(order));
    request.addOrderListBuilder().setOrderSn("NOSUCHORDER");
    return firstMile(DEADLINE).bindFirstMileTrackingNumber(request.build()).getOutcomesList();
  }

  private Set<String> ordersOn(String number) {
    var request = StreamFirstMileDetailRequest.newBuilder();
    request.setShopId(SHOP).setFirstMileTrackingNumber(number);
    var orders = new TreeSet<String>();
    var messages = firstMile(STREAM_DEADLINE).streamFirstMileDetail(request.build());
    messages.forEachRemaining(
        message -> message.getPage().getOrderListList().forEach(o -> orders.add(o.getOrderSn())));
    return orders;
  }

  /** Writes the file piece by piece, so that its size does not matter; returns its media type. */
  private String saveWaybill(String number, Path file) throws IOException {
    var request = DownloadWaybillRequest.newBuilder();
    request.setShopId(SHOP).addFirstMileTrackingNumberList(number);
    var pieces = firstMile(STREAM_DEADLINE).downloadWaybill(request.build());
    var contentType = "";
    try (var output = Files.newOutputStream(file)) {
      while (pieces.hasNext()) {
        var piece = pieces.next();
        contentType += piece.getContentType(); // only the first piece has one
        piece.getChunk().writeTo(output);
      }
    }
    return contentType;
  }

  private void readTrackingNumber(String order) {
    var request = GetTrackingNumberRequest.newBuilder().setShopId(SHOP).setOrderSn(order);
    var logistics = LogisticsServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE);
    logistics.getTrackingNumber(request.build());
  }

  /** The stream never ends by itself: its deadline ends it. */
  private void watchUntilDeadline() {
    var auth = AuthServiceGrpc.newBlockingStub(channel).withDeadlineAfter(Duration.ofMillis(300));
    auth.watchShops(WatchShopsRequest.getDefaultInstance()).forEachRemaining(event -> {});
  }

  private void cancelAfterFirstPage() {
    var request = StreamUnbindOrdersRequest.newBuilder().addShopIds(SHOP).setPageSize(1).build();
    var context = Context.current().withCancellation();
    context.run(
        () -> {
          var pages = firstMile(STREAM_DEADLINE).streamUnbindOrders(request);
          pages.forEachRemaining(page -> context.cancel(null));
        });
  }

  private FirstMileServiceGrpc.FirstMileServiceBlockingStub firstMile(Duration deadline) {
    return FirstMileServiceGrpc.newBlockingStub(channel).withDeadlineAfter(deadline);
  }

  private static FirstmileError failureOf(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException failure) {
      return FirstmileError.from(failure);
    }
    throw new IllegalStateException("the call did not fail");
  }
}
