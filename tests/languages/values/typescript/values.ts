// Tells what it reads of messages whose values a careless client would lose.
import { readFile } from "node:fs/promises";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  GenerateAndBindFirstMileTrackingNumberRequestSchema as RequestSchema,
  OrderOutcomeSchema,
  OutcomeState,
} from "firstmile-client";

function tellWhetherSame(again: Uint8Array, encoded: Uint8Array) {
  console.log("passed on unchanged:", Buffer.compare(again, encoded) === 0);
}

const [absent, zero, other] = process.argv.slice(2) as [string, string, string];
for (const file of [absent, zero]) {
  const encoded = await readFile(file);
  const request = fromBinary(RequestSchema, encoded);
  const shopId: bigint = request.shopId;
  console.log(`shop_id ${shopId}`);
  console.log(`logistics_product_id ${request.courierDeliveryInfo?.logisticsProductId}`);
  const account: bigint | undefined = request.courierDeliveryInfo?.prepaidAccountId;
  console.log(account === undefined ? "prepaid_account_id is absent" : `prepaid_account_id ${account}`);
  tellWhetherSame(toBinary(RequestSchema, request), encoded);
}
const encoded = await readFile(other);
const outcome = fromBinary(OrderOutcomeSchema, encoded);
switch (outcome.state) {
  case OutcomeState.SUCCEEDED:
  case OutcomeState.FAILED:
    console.log("state is known");
    break;
  default:
    console.log("state is another:", Number(outcome.state));
}
tellWhetherSame(toBinary(OrderOutcomeSchema, outcome), encoded);
