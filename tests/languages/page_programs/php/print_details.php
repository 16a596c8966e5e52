<?php

/** Runs the code of the package's page: AUTOLOAD. */

declare(strict_types=1);

require $argv[1];
// PAGE
