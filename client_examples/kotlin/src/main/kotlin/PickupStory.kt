import dev.firstmile.client.Names
import dev.firstmile.kotlin.CallFailure
import dev.firstmile.kotlin.toCallFailure
import dev.firstmile.v1.*
import dev.firstmile.v1.AuthServiceGrpcKt.AuthServiceCoroutineStub
import dev.firstmile.v1.FirstMileServiceGrpcKt.FirstMileServiceCoroutineStub
import dev.firstmile.v1.LogisticsServiceGrpcKt.LogisticsServiceCoroutineStub
import io.grpc.*
import java.io.File
import java.time.*
import java.util.concurrent.TimeUnit.*
import kotlinx.coroutines.*
import kotlinx.coroutines.flow.toList

private const val SHOP = 600001L

/** Has parcels picked up, from waiting orders to a waybill, and shows what can go wrong. */
fun main(arguments: Array<String>) {
    val flags = arguments.toList().chunked(2).associate { (name, value) -> name to value }
    val target = flags["--target"] ?: "127.0.0.1:50051"
    val channel = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).build()
    try {
        runBlocking { PickupStory(channel).tell(File(flags["--waybill"] ?: "waybill.pdf")) }
    } finally {
        channel.shutdownNow()
    }
}

private class PickupStory(private val channel: Channel) {
    private val firstMile = FirstMileServiceCoroutineStub(channel)

    private fun within(seconds: Long) = firstMile.withDeadlineAfter(seconds, SECONDS)

    suspend fun tell(waybill: File) {
        val waiting = waitingOrders(listOf(SHOP, 600002L))
        waiting.forEach { (shop, orders) -> println("1. shop $shop: ${orders.size} orders wait") }
        val number = generateNumber()
        println("2. number $number")
        val orders = waiting.getValue(SHOP).sorted().take(2) + "NOSUCHORDER"
        bind(number, orders).forEach { println("3. ${Names.describe(it)}") }
        println("4. on the number: ${ordersOn(number).sorted().joinToString()}")
        println("5. waybill: ${saveWaybill(number, waybill)}, ${waybill.length()} bytes")
        println("6. ${failureOf { readTrackingNumber("") }}")
        println("6. ${failureOf { readTrackingNumber("NOSUCHORDER") }}")
        println("7. ${failureOf { watchUntilDeadline() }.status.code}")
        println("8. ${cancelAfterFirstPage().code}")
    }

    /** The orders of each shop that can be bound now. The sidecar turns the pages. */
    private suspend fun waitingOrders(shops: List<Long>): Map<Long, List<String>> {
        val request = streamUnbindOrdersRequest {
            shopIds += shops
            pageSize = 10
        }
        val waiting = shops.associateWith { mutableListOf<String>() }
        within(60).streamUnbindOrders(request).collect { message ->
            check(!message.hasFailure()) { message.failure.message }
            message.page.orderListList
                .filter { it.logisticsStatus == LogisticsStatus.LOGISTICS_STATUS_REQUEST_CREATED }
                .mapTo(waiting.getValue(message.shopId)) { it.orderSn }
        }
        return waiting
    }

    /** A number for tomorrow. Each call makes another one, so it is never repeated blindly. */
    private suspend fun generateNumber(): String {
        val request = generateFirstMileTrackingNumberRequest {
            shopId = SHOP
            declareDate = LocalDate.now(ZoneOffset.ofHours(8)).plusDays(1).toString()
            quantity = 1
        }
        val response = within(10).generateFirstMileTrackingNumber(request)
        return response.getFirstMileTrackingNumberList(0)
    }

    /** The call ends well even when an order fails: each has an outcome of its own. */
    private suspend fun bind(number: String, orders: List<String>): List<OrderOutcome> {
        val request = bindFirstMileTrackingNumberRequest {
            shopId = SHOP
            firstMileTrackingNumber = number
            shipmentMethod = "pickup"
            region = "CN"
            logisticsChannelId = 813 // Shopee's own truck
            orderList += orders.map { orderKey { orderSn = it } }
        }
        return within(10).bindFirstMileTrackingNumber(request).outcomesList
    }

    private suspend fun ordersOn(number: String): List<String> {
        val request = streamFirstMileDetailRequest {
            shopId = SHOP
            firstMileTrackingNumber = number
        }
        val messages = within(60).streamFirstMileDetail(request).toList()
        return messages.flatMap { it.page.orderListList }.map { it.orderSn }
    }

    /** Writes the file piece by piece, so that its size does not matter; returns its media type. */
    private suspend fun saveWaybill(number: String, file: File): String {
        val request = downloadWaybillRequest {
            shopId = SHOP
            firstMileTrackingNumberList += number
        }
        var contentType = ""
        file.outputStream().use { output ->
            within(60).downloadWaybill(request).collect { piece ->
                contentType += piece.contentType // only the first piece has one
                piece.chunk.writeTo(output)
            }
        }
        return contentType
    }

    private suspend fun readTrackingNumber(order: String) {
        val request = getTrackingNumberRequest {
            shopId = SHOP
            orderSn = order
        }
        val logistics = LogisticsServiceCoroutineStub(channel).withDeadlineAfter(10, SECONDS)
        logistics.getTrackingNumber(request)
    }

    /** The stream never ends by itself: its deadline ends it. */
    private suspend fun watchUntilDeadline() {
        val hasty = AuthServiceCoroutineStub(channel).withDeadlineAfter(300, MILLISECONDS)
        hasty.watchShops(watchShopsRequest {}).collect {}
    }

    /** To cancel the coroutine that collects a flow is to cancel its call. */
    private suspend fun cancelAfterFirstPage(): Status = coroutineScope {
        val request = streamUnbindOrdersRequest {
            shopIds += SHOP
            pageSize = 1
        }
        val reader = launch { within(60).streamUnbindOrders(request).collect { cancel() } }
        reader.join()
        if (reader.isCancelled) Status.CANCELLED else Status.OK
    }
}

private suspend fun failureOf(call: suspend () -> Unit): CallFailure {
    try {
        call()
    } catch (failure: StatusException) {
        return failure.toCallFailure()
    }
    error("the call did not fail")
}
