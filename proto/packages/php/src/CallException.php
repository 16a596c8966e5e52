<?php

declare(strict_types=1);

namespace Firstmile;

/** A call that failed: getCode() is its gRPC status code, getMessage() the text for the developer. */
final class CallException extends \RuntimeException
{
    private const STATUS_NAMES = [
        'OK',
        'CANCELLED',
        'UNKNOWN',
        'INVALID_ARGUMENT',
        'DEADLINE_EXCEEDED',
        'NOT_FOUND',
        'ALREADY_EXISTS',
        'PERMISSION_DENIED',
        'RESOURCE_EXHAUSTED',
        'FAILED_PRECONDITION',
        'ABORTED',
        'OUT_OF_RANGE',
        'UNIMPLEMENTED',
        'INTERNAL',
        'UNAVAILABLE',
        'DATA_LOSS',
        'UNAUTHENTICATED',
    ];

    public readonly ErrorDetails $details;

    public function __construct(object $status)
    {
        parent::__construct($status->details, $status->code);
        $this->details = ErrorDetails::of($status);
    }

    /** The name of the status code, for example NOT_FOUND. */
    public function getStatusName(): string
    {
        return self::STATUS_NAMES[$this->getCode()] ?? (string) $this->getCode();
    }
}
