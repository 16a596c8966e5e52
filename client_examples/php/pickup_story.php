<?php

/** How a backend has parcels picked up, from waiting orders to a printable waybill. */

declare(strict_types=1);

require __DIR__ . '/vendor/autoload.php';

use Firstmile\Call;
use Firstmile\CallException;
use Firstmile\ErrorDetails;
use Firstmile\V1;

const SHOP = 600001;
const SHOPS = [SHOP, 600002];
const UNARY = ['timeout' => 10_000_000]; // microseconds
const STREAM = ['timeout' => 60_000_000];

/** Every order that can be bound now, by shop. The sidecar turns the pages. */
function waitingOrders(V1\FirstMileServiceClient $firstMile): array
{
    $request = new V1\StreamUnbindOrdersRequest(['shop_ids' => SHOPS, 'page_size' => 10]);
    $waiting = array_fill_keys(SHOPS, []);
    foreach (Call::messages($firstMile->StreamUnbindOrders($request, [], STREAM)) as $message) {
        if ($message->hasFailure()) {
            throw new RuntimeException("shop {$message->getShopId()}: {$message->getFailure()->getMessage()}");
        }
        foreach ($message->getPage()->getOrderList() as $order) {
            if ($order->getLogisticsStatus() === V1\LogisticsStatus::LOGISTICS_STATUS_REQUEST_CREATED) {
                $waiting[$message->getShopId()][] = $order->getOrderSn();
            }
        }
    }
    return $waiting;
}

/** A new number for tomorrow. Never repeated blindly: every call makes another number. */
function generateNumber(V1\FirstMileServiceClient $firstMile): string
{
    $tomorrow = (new DateTimeImmutable('tomorrow', new DateTimeZone('+08:00')))->format('Y-m-d');
    $request = new V1\GenerateFirstMileTrackingNumberRequest(['shop_id' => SHOP, 'declare_date' => $tomorrow]);
    $request->setQuantity(1);
    $call = $firstMile->GenerateFirstMileTrackingNumber($request, [], UNARY);
    return Call::response($call)->getFirstMileTrackingNumberList()[0];
}

/** Puts orders on the number. OK means that Shopee answered: each order has its own outcome. */
function bind(V1\FirstMileServiceClient $firstMile, string $number, array $orders): iterable
{
    $request = new V1\BindFirstMileTrackingNumberRequest([
        'shop_id' => SHOP,
        'first_mile_tracking_number' => $number,
        'shipment_method' => 'pickup',
        'region' => 'CN',
        'logistics_channel_id' => 813, // Shopee's own truck
        'order_list' => array_map(fn (string $order) => new V1\OrderKey(['order_sn' => $order]), $orders),
    ]);
    return Call::response($firstMile->BindFirstMileTrackingNumber($request, [], UNARY))->getOutcomes();
}

function described(V1\OrderOutcome $outcome): string
{
    $state = substr(V1\OutcomeState::name($outcome->getState()), strlen('OUTCOME_STATE_'));
    $failure = $outcome->getFailure();
    $cause = $failure ? ' ' . ErrorDetails::nameOf($failure->getReason()) . ": {$failure->getVendorMessage()}" : '';
    return "{$outcome->getOrderSn()} $state$cause";
}

function ordersOn(V1\FirstMileServiceClient $firstMile, string $number): array
{
    $request = new V1\StreamFirstMileDetailRequest(['shop_id' => SHOP, 'first_mile_tracking_number' => $number]);
    $orders = [];
    foreach (Call::messages($firstMile->StreamFirstMileDetail($request, [], STREAM)) as $message) {
        foreach ($message->getPage()->getOrderList() as $order) {
            $orders[] = $order->getOrderSn();
        }
    }
    sort($orders, SORT_STRING);
    return $orders;
}

/** Writes the file piece by piece, so that its size does not matter; its media type and size. */
function saveWaybill(V1\FirstMileServiceClient $firstMile, string $number, string $path): array
{
    $request = new V1\DownloadWaybillRequest(['shop_id' => SHOP, 'first_mile_tracking_number_list' => [$number]]);
    $file = new SplFileObject($path, 'wb');
    $type = '';
    foreach (Call::messages($firstMile->DownloadWaybill($request, [], STREAM)) as $piece) {
        $type = $type ?: $piece->getContentType();
        $file->fwrite($piece->getChunk());
    }
    return [$type, $file->ftell()];
}

/** What a call throws that must fail. */
function failure(callable $call): CallException
{
    try {
        $call();
    } catch (CallException $exception) {
        return $exception;
    }
    throw new RuntimeException('the call did not fail');
}

function tell(string $target, string $waybill): void
{
    $options = ['credentials' => Grpc\ChannelCredentials::createInsecure()];
    $firstMile = new V1\FirstMileServiceClient($target, $options);
    $waiting = waitingOrders($firstMile);
    foreach ($waiting as $shop => $orders) {
        printf("1. shop %d: %d orders wait\n", $shop, count($orders));
    }
    $number = generateNumber($firstMile);
    echo "2. number $number\n";
    sort($waiting[SHOP], SORT_STRING);
    foreach (bind($firstMile, $number, [...array_slice($waiting[SHOP], 0, 2), 'NOSUCHORDER']) as $outcome) {
        echo '3. ', described($outcome), "\n";
    }
    echo '4. on the number: ', implode(', ', ordersOn($firstMile, $number)), "\n";
    vprintf("5. waybill: %s, %d bytes\n", saveWaybill($firstMile, $number, $waybill));

    $logistics = new V1\LogisticsServiceClient($target, $options);
    foreach (['', 'NOSUCHORDER'] as $order) {
        $request = new V1\GetTrackingNumberRequest(['shop_id' => SHOP, 'order_sn' => $order]);
        $refused = failure(fn () => Call::response($logistics->GetTrackingNumber($request, [], UNARY)));
        echo "6. {$refused->getStatusName()} {$refused->details}\n";
    }
    $auth = new V1\AuthServiceClient($target, $options);
    $watch = $auth->WatchShops(new V1\WatchShopsRequest(), [], ['timeout' => 300_000]); // It has no end of its own.
    echo '7. ', failure(fn () => iterator_count(Call::messages($watch)))->getStatusName(), "\n";
    $request = new V1\StreamUnbindOrdersRequest(['shop_ids' => [SHOP], 'page_size' => 1]);
    $pages = $firstMile->StreamUnbindOrders($request, [], STREAM);
    $pages->responses()->current();
    $pages->cancel();
    echo '8. ', failure(fn () => iterator_count(Call::messages($pages)))->getStatusName(), "\n";
}

$flags = getopt('', ['target:', 'waybill:']) + ['target' => '127.0.0.1:50051', 'waybill' => 'waybill.pdf'];
try {
    tell($flags['target'], $flags['waybill']);
} catch (RuntimeException $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
