package dev.firstmile.example.errors

import dev.firstmile.kotlin.toCallFailure
import dev.firstmile.v1.ErrorReason
import dev.firstmile.v1.LogisticsServiceGrpcKt.LogisticsServiceCoroutineStub
import dev.firstmile.v1.getTrackingNumberRequest
import io.grpc.Grpc
import io.grpc.InsecureChannelCredentials
import io.grpc.StatusException
import java.util.concurrent.TimeUnit.SECONDS
import kotlin.time.Duration
import kotlinx.coroutines.runBlocking

private object log {
    fun warn(text: String) = System.err.println(text)
}

private fun callAgainAfter(delay: Duration) = System.err.println(delay)

/** Runs the code of the artifact's page. */
fun main() = runBlocking {
    // PAGE
    channel.shutdownNow()
    Unit
}
