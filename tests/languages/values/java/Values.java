package dev.firstmile.example;

import dev.firstmile.v1.GenerateAndBindFirstMileTrackingNumberRequest;
import dev.firstmile.v1.OrderOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Tells what it reads of messages whose values a careless client would lose. */
public final class Values {
  private Values() {}

  public static void main(String[] arguments) throws IOException {
    for (var file : List.of(arguments).subList(0, 2)) {
      var encoded = Files.readAllBytes(Path.of(file));
      var request = GenerateAndBindFirstMileTrackingNumberRequest.parseFrom(encoded);
      var info = request.getCourierDeliveryInfo();
      System.out.println("shop_id " + request.getShopId());
      System.out.println("logistics_product_id " + info.getLogisticsProductId());
      System.out.println(
          info.hasPrepaidAccountId()
              ? "prepaid_account_id " + info.getPrepaidAccountId()
              : "prepaid_account_id is absent");
      tellWhetherSame(request.toByteArray(), encoded);
    }
    var encoded = Files.readAllBytes(Path.of(arguments[2]));
    var outcome = OrderOutcome.parseFrom(encoded);
    switch (outcome.getState()) {
      case OUTCOME_STATE_SUCCEEDED, OUTCOME_STATE_FAILED -> System.out.println("state is known");
      default -> System.out.println("state is another: " + outcome.getStateValue());
    }
    tellWhetherSame(outcome.toByteArray(), encoded);
  }

  private static void tellWhetherSame(byte[] again, byte[] encoded) {
    System.out.println("passed on unchanged: " + Arrays.equals(again, encoded));
  }
}
