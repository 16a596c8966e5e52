<?php

declare(strict_types=1);

namespace Firstmile;

use Firstmile\V1\ErrorReason;
use Firstmile\V1\FieldViolation;
use Google\Protobuf\Internal\Message;
use Google\Rpc\BadRequest;
use Google\Rpc\ErrorInfo;
use Google\Rpc\RetryInfo;
use Google\Rpc\Status;

/** What the sidecar says about a failed call besides its status code and message. */
final class ErrorDetails implements \Stringable
{
    private const DOMAIN = 'firstmile';
    private const DELAY_SECONDS_MAX = 2_147_483_647;
    private const PREFIX = 'ERROR_REASON_';
    private const TRAILER = 'grpc-status-details-bin';

    /**
     * @param int $reason a value of ErrorReason; ERROR_REASON_UNSPECIFIED when the error names none that is known
     * @param array<string, string> $metadata circumstances, for example vendorCode; error_reason.proto lists them
     * @param ?\DateInterval $retryDelay how long to wait before trying again, in seconds and their fraction; null when
     *     the sidecar names no time
     * @param list<FieldViolation> $fieldViolations what is wrong with the request
     */
    private function __construct(
        public readonly int $reason = ErrorReason::ERROR_REASON_UNSPECIFIED,
        public readonly array $metadata = [],
        public readonly ?\DateInterval $retryDelay = null,
        public readonly array $fieldViolations = [],
    ) {
    }

    /**
     * Reads the status that wait() or getStatus() of a call gives. One that carries no details has empty ones; a detail
     * that cannot be read is left out.
     *
     * @param object{metadata?: array<string, list<string>>} $status
     */
    public static function of(object $status): self
    {
        return self::decode(self::read($status->metadata[self::TRAILER][0] ?? '', Status::class) ?? new Status());
    }

    /** The reason without its prefix, then the faults of the request: "REQUEST_INVALID: order_sn must not be empty". */
    public function __toString(): string
    {
        $text = self::nameOf($this->reason);
        foreach ($this->fieldViolations as $fault) {
            $text .= ": {$fault->getField()} {$fault->getDescription()}";
        }
        return $text;
    }

    /** The name of a reason without its prefix, also of one in a Failure; the number of one that is not known. */
    public static function nameOf(int $reason): string
    {
        try {
            return substr(ErrorReason::name($reason), strlen(self::PREFIX));
        } catch (\UnexpectedValueException) {
            return (string) $reason;
        }
    }

    private static function decode(Status $status): self
    {
        $ours = fn (ErrorInfo $info): bool => $info->getDomain() === self::DOMAIN;
        $info = array_values(array_filter(self::unpack($status, 'google.rpc.ErrorInfo', ErrorInfo::class), $ours));
        $info = $info[0] ?? new ErrorInfo();
        return new self(
            self::reason($info),
            iterator_to_array($info->getMetadata()),
            self::delay(self::unpack($status, 'google.rpc.RetryInfo', RetryInfo::class)[0] ?? new RetryInfo()),
            self::violations(self::unpack($status, 'google.rpc.BadRequest', BadRequest::class)[0] ?? new BadRequest()),
        );
    }

    /**
     * The details of a type that can be read.
     *
     * @template T of Message
     * @param class-string<T> $class
     * @return list<T>
     */
    private static function unpack(Status $status, string $type, string $class): array
    {
        $messages = [];
        foreach ($status->getDetails() as $detail) {
            if (str_ends_with($detail->getTypeUrl(), "/$type")) {
                $messages[] = self::read($detail->getValue(), $class);
            }
        }
        return array_values(array_filter($messages));
    }

    /**
     * The message of that class in the bytes; null when they hold none.
     *
     * @template T of Message
     * @param class-string<T> $class
     * @return ?T
     */
    private static function read(string $bytes, string $class): ?Message
    {
        try {
            $message = new $class();
            $message->mergeFromString($bytes);
            return $message;
        } catch (\Exception) { // what google/protobuf throws
            return null;
        }
    }

    private static function reason(ErrorInfo $info): int
    {
        $constant = ErrorReason::class . '::' . self::PREFIX . $info->getReason();
        return defined($constant) ? constant($constant) : ErrorReason::ERROR_REASON_UNSPECIFIED;
    }

    private static function delay(RetryInfo $retry): ?\DateInterval
    {
        $delay = $retry->getRetryDelay();
        if ($delay === null) {
            return null;
        }
        $interval = new \DateInterval('PT0S');
        $interval->s = min(max((int) $delay->getSeconds(), 0), self::DELAY_SECONDS_MAX);
        $interval->f = min(max($delay->getNanos(), 0), 999_999_999) / 1e9;
        return $interval;
    }

    /** @return list<FieldViolation> */
    private static function violations(BadRequest $request): array
    {
        $violations = [];
        foreach ($request->getFieldViolations() as $violation) {
            $violations[] = (new FieldViolation())
                ->setField($violation->getField())
                ->setDescription($violation->getDescription());
        }
        return $violations;
    }
}
