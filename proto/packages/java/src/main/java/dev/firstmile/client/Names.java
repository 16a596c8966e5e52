package dev.firstmile.client;

import dev.firstmile.v1.ErrorReason;
import dev.firstmile.v1.OrderOutcome;

/** Names of the contract as people read them, without the prefix that each value of an enum has. */
public final class Names {
  private Names() {}

  /** For example {@code NOT_FOUND}; {@code UNRECOGNIZED} where this version does not know it. */
  public static String of(ErrorReason reason) {
    return withoutPrefix(reason.name(), "ERROR_REASON_");
  }

  /**
   * What became of one order of a batch: the order, its state, and of a failure the reason and
   * Shopee's text.
   */
  public static String describe(OrderOutcome outcome) {
    var state = withoutPrefix(outcome.getState().name(), "OUTCOME_STATE_");
    var text = outcome.getOrderSn() + " " + state;
    if (!outcome.hasFailure()) {
      return text;
    }
    var failure = outcome.getFailure();
    return text + " " + of(failure.getReason()) + ": " + failure.getVendorMessage();
  }

  private static String withoutPrefix(String name, String prefix) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }
}
