// How a backend has parcels picked up, from waiting orders to a printable waybill.
import { open } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Client, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
  AuthService,
  CanonicalCode,
  describe,
  errorDetails,
  ErrorReason,
  FirstMileService,
  LogisticsService,
  LogisticsStatus,
  type OrderOutcome,
  OutcomeState,
} from "firstmile-client";

type FirstMile = Client<typeof FirstMileService>;

const SHOPS = [600001n, 600002n] as const;
const SHOP = SHOPS[0];
const PICKUP_CHANNEL = 813; // Shopee's own truck
const CALL = { timeoutMs: 10_000 };
const STREAM = { timeoutMs: 60_000 };

/** The orders of each shop that can be bound now. The sidecar turns the pages. */
async function waitingOrders(firstMile: FirstMile) {
  const waiting = new Map(SHOPS.map((shop): [bigint, string[]] => [shop, []]));
  const request = { shopIds: [...SHOPS], pageSize: 10 };
  for await (const { shopId, outcome } of firstMile.streamUnbindOrders(request, STREAM)) {
    if (outcome.case === "failure") {
      throw new Error(`shop ${shopId}: ${outcome.value.message}`);
    }
    const orders = outcome.value?.orderList ?? [];
    const ready = orders.filter((order) => order.logisticsStatus === LogisticsStatus.REQUEST_CREATED);
    waiting.get(shopId)?.push(...ready.map((order) => order.orderSn));
  }
  return waiting;
}

/** A new number for tomorrow in China. Never repeat this call blindly: each one makes another number. */
async function generateNumber(firstMile: FirstMile) {
  const tomorrow = new Date(Date.now() + (24 + 8) * 3_600_000);
  const request = { shopId: SHOP, declareDate: tomorrow.toISOString().slice(0, 10), quantity: 1 };
  const answer = await firstMile.generateFirstMileTrackingNumber(request, CALL);
  return answer.firstMileTrackingNumberList[0]!;
}

/** Puts orders on the number. A resolved call means that Shopee answered: each order has its own outcome. */
async function bind(firstMile: FirstMile, number: string, orders: string[]) {
  const request = {
    shopId: SHOP,
    firstMileTrackingNumber: number,
    shipmentMethod: "pickup",
    region: "CN",
    logisticsChannelId: PICKUP_CHANNEL,
    orderList: orders.map((orderSn) => ({ orderSn })),
  };
  return (await firstMile.bindFirstMileTrackingNumber(request, CALL)).outcomes;
}

function described({ orderSn, state, failure }: OrderOutcome) {
  const reason = failure ? ` ${ErrorReason[failure.reason]}: ${failure.vendorMessage}` : "";
  return `${orderSn} ${OutcomeState[state]}${reason}`;
}

async function boundOrders(firstMile: FirstMile, number: string) {
  const request = { shopId: SHOP, firstMileTrackingNumber: number };
  const orders: string[] = [];
  for await (const { page } of firstMile.streamFirstMileDetail(request, STREAM)) {
    orders.push(...(page?.orderList ?? []).map((order) => order.orderSn));
  }
  return orders.sort();
}

/** Writes the file piece by piece, so that its size does not matter. */
async function saveWaybill(firstMile: FirstMile, number: string, path: string) {
  const request = { shopId: SHOP, firstMileTrackingNumberList: [number] };
  let contentType = "";
  let bytes = 0;
  await using file = await open(path, "w");
  for await (const piece of firstMile.downloadWaybill(request, STREAM)) {
    contentType ||= piece.contentType;
    await file.writeFile(piece.chunk);
    bytes += piece.chunk.length;
  }
  return `${contentType}, ${bytes} bytes`;
}

/** What a call throws that must fail. */
async function failureOf(call: Promise<unknown>) {
  return call.then(
    () => Promise.reject(new Error("the call succeeded")),
    (error: unknown) => ConnectError.from(error),
  );
}

async function readToEnd(stream: AsyncIterable<unknown>, onMessage = () => {}) {
  for await (const _ of stream) {
    onMessage();
  }
}

async function tell(target: string, waybill: string) {
  const transport = createGrpcTransport({ baseUrl: `http://${target}` });
  const firstMile = createClient(FirstMileService, transport);
  const logistics = createClient(LogisticsService, transport);
  const auth = createClient(AuthService, transport);

  const waiting = await waitingOrders(firstMile);
  for (const [shop, orders] of waiting) {
    console.log(`1. shop ${shop}: ${orders.length} orders wait`);
  }
  const number = await generateNumber(firstMile);
  console.log(`2. number ${number}`);
  const orders = (waiting.get(SHOP) ?? []).sort().slice(0, 2);
  for (const outcome of await bind(firstMile, number, [...orders, "NOSUCHORDER"])) {
    console.log(`3. ${described(outcome)}`);
  }
  console.log(`4. on the number: ${(await boundOrders(firstMile, number)).join(", ")}`);
  console.log(`5. waybill: ${await saveWaybill(firstMile, number, waybill)}`);
  for (const orderSn of ["", "NOSUCHORDER"]) {
    const refused = await failureOf(logistics.getTrackingNumber({ shopId: SHOP, orderSn }, CALL));
    console.log(`6. ${CanonicalCode[refused.code]} ${describe(errorDetails(refused))}`);
  }
  const late = await failureOf(readToEnd(auth.watchShops({}, { timeoutMs: 300 })));
  console.log(`7. ${CanonicalCode[late.code]}`);
  const caller = new AbortController();
  const stream = firstMile.streamUnbindOrders({ shopIds: [SHOP], pageSize: 1 }, { ...STREAM, signal: caller.signal });
  const cancelled = await failureOf(readToEnd(stream, () => caller.abort()));
  console.log(`8. ${CanonicalCode[cancelled.code]}`);
}

const target = { type: "string", default: "127.0.0.1:50051" } as const;
const waybill = { type: "string", default: "waybill.pdf" } as const;
const { values: flags } = parseArgs({ options: { target, waybill } });
try {
  await tell(flags.target, flags.waybill);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
