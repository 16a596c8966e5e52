package dev.firstmile.example;

import dev.firstmile.client.FirstmileError;
import dev.firstmile.v1.ErrorReason;
import dev.firstmile.v1.GetTrackingNumberRequest;
import dev.firstmile.v1.LogisticsServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.StatusRuntimeException;
import java.time.Duration;

/** Runs the code of the artifact's page. */
public final class PrintDetails {
  private PrintDetails() {}

  private static final class log {
    static void warn(String format, Object... values) {
      System.err.println(format + java.util.Arrays.toString(values));
    }
  }

  private static void callAgainAfter(Duration delay) {
    System.err.println(delay);
  }

  public static void main(String[] arguments) {
    // PAGE
    channel.shutdownNow();
  }
}
