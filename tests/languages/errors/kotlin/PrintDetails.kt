package dev.firstmile.example.errors

import dev.firstmile.kotlin.CallFailure
import dev.firstmile.kotlin.toCallFailure
import dev.firstmile.v1.LogisticsServiceGrpcKt.LogisticsServiceCoroutineStub
import dev.firstmile.v1.getTrackingNumberRequest
import io.grpc.Grpc
import io.grpc.InsecureChannelCredentials
import io.grpc.StatusException
import java.util.concurrent.TimeUnit.SECONDS
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlinx.coroutines.runBlocking

/** Prints what the artifact's helper says about the error of each named case: TARGET CASE... */
fun main(arguments: Array<String>) {
    val channel = Grpc.newChannelBuilder(arguments[0], InsecureChannelCredentials.create()).build()
    val logistics = LogisticsServiceCoroutineStub(channel)
    runBlocking {
        for (name in arguments.drop(1)) {
            try {
                val request = getTrackingNumberRequest { orderSn = name }
                logistics.withDeadlineAfter(10, SECONDS).getTrackingNumber(request)
            } catch (failure: StatusException) {
                println(line(name, failure.toCallFailure()))
            }
        }
    }
    channel.shutdownNow()
}

private fun line(name: String, failure: CallFailure): String {
    val metadata = failure.metadata.map { (key, value) -> "$key=$value" }.sorted()
    val details = failure.toString().substringAfter(' ')
    return (listOf(name, details, printed(failure.retryDelay)) + metadata).joinToString(" | ")
}

private fun printed(delay: Duration?) =
    when {
        delay == null -> "none"
        delay > 365.days -> "long"
        else -> "${delay.inWholeMilliseconds} ms"
    }
