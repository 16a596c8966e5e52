// Prints what the package's helper says about the error of each named case: TARGET CASE...
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, errorDetails, LogisticsService } from "firstmile-client";

const LONG_MS = 365 * 24 * 60 * 60 * 1000;

function printed(delayMs: number | undefined) {
  if (delayMs === undefined) {
    return "none";
  }
  return delayMs > LONG_MS ? "long" : `${delayMs} ms`;
}

const [target, ...names] = process.argv.slice(2);
const logistics = createClient(LogisticsService, createGrpcTransport({ baseUrl: `http://${target}` }));
for (const name of names) {
  try {
    await logistics.getTrackingNumber({ orderSn: name }, { timeoutMs: 10_000 });
  } catch (error) {
    const details = errorDetails(error);
    const metadata = Object.entries(details.metadata).map(([key, value]) => `${key}=${value}`);
    console.log([name, describe(details), printed(details.retryDelayMs), ...metadata.sort()].join(" | "));
  }
}
