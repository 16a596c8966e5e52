package dev.firstmile.example;

import dev.firstmile.client.FirstmileError;
import dev.firstmile.v1.GetTrackingNumberRequest;
import dev.firstmile.v1.LogisticsServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.StringJoiner;

/** Prints what the artifact's helper says about the error of each named case: TARGET CASE... */
public final class PrintDetails {
  private PrintDetails() {}

  public static void main(String[] arguments) {
    var channel = Grpc.newChannelBuilder(arguments[0], InsecureChannelCredentials.create()).build();
    var logistics = LogisticsServiceGrpc.newBlockingStub(channel);
    for (var name : Arrays.asList(arguments).subList(1, arguments.length)) {
      var request = GetTrackingNumberRequest.newBuilder().setOrderSn(name).build();
      try {
        logistics.withDeadlineAfter(Duration.ofSeconds(10)).getTrackingNumber(request);
      } catch (StatusRuntimeException failure) {
        System.out.println(line(name, FirstmileError.from(failure)));
      }
    }
    channel.shutdownNow();
  }

  private static String line(String name, FirstmileError error) {
    var text = error.toString();
    var line = new StringJoiner(" | ").add(name).add(text.substring(text.indexOf(' ') + 1));
    line.add(error.retryDelay().map(PrintDetails::printed).orElse("none"));
    error.metadata().entrySet().stream().map(Object::toString).sorted().forEach(line::add);
    return line.toString();
  }

  private static String printed(Duration delay) {
    return delay.toDays() > 365 ? "long" : delay.toMillis() + " ms";
  }
}
