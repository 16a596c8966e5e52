import { durationMs } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "@connectrpc/connect";
import { ErrorReason } from "./gen/firstmile/v1/error_reason_pb.js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "./gen/google/rpc/error_details_pb.js";

const DOMAIN = "firstmile";

/** What a failed call tells besides its status code and message. */
export interface ErrorDetails {
  /** UNSPECIFIED also for a reason that this version of the package does not know. */
  readonly reason: ErrorReason;

  /** For example operation, vendorCode, requestId, httpStatus, remedy, authorizationUrl. */
  readonly metadata: Readonly<Record<string, string>>;

  /** Milliseconds; absent when waiting does not help, or no time is known. */
  readonly retryDelayMs?: number;

  /** Only with REQUEST_INVALID. */
  readonly fieldViolations: readonly {
    readonly field: string;
    readonly description: string;
  }[];
}

/** Decodes what a call threw. An error without details, or of another origin, gives empty ones. */
export function errorDetails(thrown: unknown): ErrorDetails {
  const error = ConnectError.from(thrown);
  const info = error
    .findDetails(ErrorInfoSchema)
    .find(({ domain }) => domain === DOMAIN);
  const retry = error.findDetails(RetryInfoSchema)[0];
  const badRequest = error.findDetails(BadRequestSchema)[0];
  return {
    reason: reasonOf(info?.reason),
    metadata: info?.metadata ?? {},
    ...(retry?.retryDelay && {
      retryDelayMs: Math.max(durationMs(retry.retryDelay), 0),
    }),
    fieldViolations: (badRequest?.fieldViolations ?? []).map(
      ({ field, description }) => ({ field, description }),
    ),
  };
}

/** The reason, then the faults of the request: "REQUEST_INVALID: order_sn must not be empty". */
export function describe({ reason, fieldViolations }: ErrorDetails): string {
  const faults = fieldViolations.map(
    ({ field, description }) => `: ${field} ${description}`,
  );
  return `${ErrorReason[reason]}${faults.join("")}`;
}

function reasonOf(name: string | undefined): ErrorReason {
  const value = ErrorReason[name as keyof typeof ErrorReason];
  return typeof value === "number" ? value : ErrorReason.UNSPECIFIED;
}
