package dev.firstmile.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.firstmile.v1.ErrorReason;
import dev.firstmile.v1.FieldViolation;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What firstmiled says about a failed call.
 *
 * @param status the status of gRPC: its code, and a description for the developer
 * @param reason the cause, or {@code ERROR_REASON_UNSPECIFIED} where none came or this version does
 *     not know it
 * @param metadata further facts by their names; {@link ErrorReason} lists them
 * @param retryDelay how long to wait before trying again; empty where waiting does not help or no
 *     time is known
 * @param fieldViolations what is wrong with the request, field by field
 */
public record FirstmileError(
    Status status,
    ErrorReason reason,
    Map<String, String> metadata,
    Optional<Duration> retryDelay,
    List<FieldViolation> fieldViolations) {

  private static final String DOMAIN = "firstmile";
  private static final long DELAY_SECONDS_MAX = 315_576_000_000L;
  private static final String REASON_PREFIX = "ERROR_REASON_";
  private static final Metadata.Key<byte[]> DETAILS_KEY =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  public FirstmileError {
    metadata = Map.copyOf(metadata);
    fieldViolations = List.copyOf(fieldViolations);
  }

  /**
   * Reads the error of a failed call.
   *
   * @param failure what the call threw, or what an observer was given; a {@code
   *     StatusRuntimeException} or {@code StatusException} may also be its cause
   */
  public static FirstmileError from(Throwable failure) {
    List<Any> details = details(Status.trailersFromThrowable(failure));
    ErrorInfo info = errorInfo(details);
    return new FirstmileError(
        Status.fromThrowable(failure),
        reason(info.getReason()),
        info.getMetadataMap(),
        retryDelay(details),
        fieldViolations(details));
  }

  /**
   * The code of the status, the reason, and what is wrong with the request: {@code
   * INVALID_ARGUMENT REQUEST_INVALID: order_sn must not be empty}.
   */
  @Override
  public String toString() {
    var text = new StringBuilder(status.getCode() + " " + Names.of(reason));
    for (var fault : fieldViolations) {
      text.append(": ").append(fault.getField()).append(' ').append(fault.getDescription());
    }
    return text.toString();
  }

  private static List<Any> details(Metadata trailers) {
    byte[] bytes = trailers == null ? null : trailers.get(DETAILS_KEY);
    if (bytes == null) {
      return List.of();
    }
    try {
      return com.google.rpc.Status.parseFrom(bytes).getDetailsList();
    } catch (InvalidProtocolBufferException unreadable) {
      return List.of();
    }
  }

  private static ErrorInfo errorInfo(List<Any> details) {
    return all(details, ErrorInfo.class)
        .filter(info -> info.getDomain().equals(DOMAIN))
        .findFirst()
        .orElse(ErrorInfo.getDefaultInstance());
  }

  private static ErrorReason reason(String name) {
    var value = ErrorReason.getDescriptor().findValueByName(REASON_PREFIX + name);
    return value == null ? ErrorReason.ERROR_REASON_UNSPECIFIED : ErrorReason.valueOf(value);
  }

  private static Optional<Duration> retryDelay(List<Any> details) {
    return all(details, RetryInfo.class)
        .filter(RetryInfo::hasRetryDelay)
        .map(RetryInfo::getRetryDelay)
        .map(FirstmileError::duration)
        .findFirst();
  }

  /** A delay is cut to what Protobuf allows: none is negative, none longer than 10,000 years. */
  private static Duration duration(com.google.protobuf.Duration delay) {
    var seconds = Math.max(0, Math.min(delay.getSeconds(), DELAY_SECONDS_MAX));
    var duration = Duration.ofSeconds(seconds, delay.getNanos());
    return duration.isNegative() ? Duration.ZERO : duration;
  }

  private static List<FieldViolation> fieldViolations(List<Any> details) {
    return all(details, BadRequest.class)
        .flatMap(request -> request.getFieldViolationsList().stream())
        .map(FirstmileError::fieldViolation)
        .toList();
  }

  private static FieldViolation fieldViolation(BadRequest.FieldViolation violation) {
    return FieldViolation.newBuilder()
        .setField(violation.getField())
        .setDescription(violation.getDescription())
        .build();
  }

  private static <T extends Message> Stream<T> all(List<Any> details, Class<T> type) {
    return details.stream()
        .filter(detail -> detail.is(type))
        .flatMap(detail -> unpack(detail, type));
  }

  private static <T extends Message> Stream<T> unpack(Any detail, Class<T> type) {
    try {
      return Stream.of(detail.unpack(type));
    } catch (InvalidProtocolBufferException unreadable) {
      return Stream.empty();
    }
  }
}
