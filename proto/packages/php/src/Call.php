<?php

declare(strict_types=1);

namespace Firstmile;

use Google\Protobuf\Internal\Message;
use Grpc\ServerStreamingCall;
use Grpc\UnaryCall;

/** What a call brings, with an exception where gRPC for PHP gives a status to look at. */
final class Call
{
    /** @throws CallException when the call fails */
    public static function response(UnaryCall $call): Message
    {
        [$response, $status] = $call->wait();
        self::check($status);
        return $response;
    }

    /**
     * @return iterable<Message> each message as it comes
     * @throws CallException after the last message, when the call fails
     */
    public static function messages(ServerStreamingCall $call): iterable
    {
        yield from $call->responses();
        self::check($call->getStatus());
    }

    private static function check(object $status): void
    {
        if ($status->code !== \Grpc\STATUS_OK) {
            throw new CallException($status);
        }
    }
}
