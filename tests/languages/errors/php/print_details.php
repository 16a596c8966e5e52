<?php

/** Prints what the package's helper says about the error of each named case: AUTOLOAD TARGET CASE... */

declare(strict_types=1);

use Firstmile\Call;
use Firstmile\CallException;
use Firstmile\V1;

const LONG_SECONDS = 365 * 24 * 60 * 60;

[, $autoload, $target] = $argv;
require $autoload;

function printed(?DateInterval $delay): string
{
    if ($delay === null) {
        return 'none';
    }
    return $delay->s > LONG_SECONDS ? 'long' : round(($delay->s + $delay->f) * 1000) . ' ms';
}

$logistics = new V1\LogisticsServiceClient($target, ['credentials' => Grpc\ChannelCredentials::createInsecure()]);
foreach (array_slice($argv, 3) as $case) {
    $request = new V1\GetTrackingNumberRequest(['order_sn' => $case]);
    try {
        Call::response($logistics->GetTrackingNumber($request, [], ['timeout' => 10_000_000]));
    } catch (CallException $exception) {
        $details = $exception->details;
        $metadata = $details->metadata;
        ksort($metadata);
        $metadata = array_map(fn ($key) => "$key=$metadata[$key]", array_keys($metadata));
        echo implode(' | ', [$case, $details, printed($details->retryDelay), ...$metadata]), "\n";
    }
}
