package dev.firstmile.kotlin

import dev.firstmile.client.FirstmileError
import dev.firstmile.client.Names
import dev.firstmile.v1.ErrorReason
import dev.firstmile.v1.FieldViolation
import io.grpc.Status
import io.grpc.StatusException
import io.grpc.StatusRuntimeException
import kotlin.time.Duration
import kotlin.time.toKotlinDuration

/** What firstmiled says about a failed call. */
public data class CallFailure(
    /** The status of gRPC: its code, and a description for the developer. */
    val status: Status,
    /** The cause, or `ERROR_REASON_UNSPECIFIED` where none came or it is not known. */
    val reason: ErrorReason,
    /** Further facts by their names; [ErrorReason] lists them. */
    val metadata: Map<String, String>,
    /** How long to wait before trying again; null where none helps or none is known. */
    val retryDelay: Duration?,
    /** What is wrong with the request, field by field. */
    val fieldViolations: List<FieldViolation>,
) {
    /** Code, reason and faults: `INVALID_ARGUMENT REQUEST_INVALID: order_sn must not be empty`. */
    override fun toString(): String {
        val faults = fieldViolations.joinToString("") { ": ${it.field} ${it.description}" }
        return "${status.code} ${Names.of(reason)}$faults"
    }
}

/** Reads what a suspending call or a flow has thrown. */
public fun StatusException.toCallFailure(): CallFailure = FirstmileError.from(this).toCallFailure()

/** Reads what a blocking call has thrown. */
public fun StatusRuntimeException.toCallFailure(): CallFailure =
    FirstmileError.from(this).toCallFailure()

private fun FirstmileError.toCallFailure() =
    CallFailure(
        status = status,
        reason = reason,
        metadata = metadata,
        retryDelay = retryDelay.orElse(null)?.toKotlinDuration(),
        fieldViolations = fieldViolations,
    )
