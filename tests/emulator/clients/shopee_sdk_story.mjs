// A seller's day with @congminh1254/shopee-sdk, of which only the base URLs are changed: an order is shipped, labelled,
// bound for pickup and cancelled, and the tokens are refreshed.
//
// Usage: node shopee_sdk_story.mjs BASE_URL FOLDER_OF_THE_PACKAGE
// README.md names the bugs of the client.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [base, folder] = process.argv.slice(2);
const { ShopeeSDK } = await import(pathToFileURL(join(folder, "lib/sdk.js")));

const SHOP = 600002;
const REDIRECT = "https://seller.example.com/back";
const KEY = "57615053704d6470644f554a78656d50484143644964436a5568777544524579"; // public demo key

const sdk = new ShopeeSDK({
  partner_id: 2001887,
  partner_key: KEY,
  base_url: `${base}/api/v2`,
  base_auth_url: `${base}/auth`,
});

// What the seller does in a browser; returns the parameters of the redirect.
async function consent(url) {
  const page = await (await fetch(url)).text();
  const unescape = (text) => text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
  const form = new URLSearchParams({ account: `shop:${SHOP}`, days: "365" });
  for (const [, name, value] of page.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)) {
    form.append(name, unescape(value));
  }
  const action = unescape(page.match(/action="([^"]*)"/)[1]);
  const sent = await fetch(base + action, { method: "POST", body: form, redirect: "manual" });
  assert.equal(sent.status, 302);
  return new URL(sent.headers.get("location")).searchParams;
}

async function post(path, body) {
  const answer = await fetch(base + path, { method: "POST", body: JSON.stringify(body) });
  assert.equal(answer.status, 200);
}

async function aMinuteLater() {
  await post("/_emulator/clock", { advance_seconds: 60 });
}

function isPdf(file) {
  return Buffer.isBuffer(file) && file.toString("latin1").startsWith("%PDF");
}

async function orderDetail(order_sn) {
  const found = await sdk.order.getOrderDetail({
    order_sn_list: [order_sn],
    response_optional_fields: "package_list,cancel_by,cancel_reason",
  });
  assert.equal(found.response.order_list.length, 1);
  return found.response.order_list[0];
}

async function shipAnOrder() {
  const waiting = await sdk.order.getShipmentList({ cursor: "", page_size: 20 });
  const { order_sn } = waiting.response.order_list.find((order) => /FMSHIP\d$/.test(order.order_sn));
  const { response: ways } = await sdk.logistics.getShippingParameter({ order_sn });
  assert.deepEqual(ways.info_needed.pickup, ["address_id", "pickup_time_id"]);
  const [{ address_id, time_slot_list }] = ways.pickup.address_list;
  const { pickup_time_id } = time_slot_list[0];
  await sdk.logistics.shipOrder({ order_sn, pickup: { address_id, pickup_time_id } });
  assert.equal((await orderDetail(order_sn)).order_status, "PROCESSED");
  return order_sn;
}

async function printLabel(order_sn) {
  await aMinuteLater();
  const { tracking_number } = (await sdk.logistics.getTrackingNumber({ order_sn })).response;
  assert.ok(tracking_number);
  const order_list = [{ order_sn, tracking_number, shipping_document_type: "NORMAL_AIR_WAYBILL" }];
  await sdk.logistics.createShippingDocument({ order_list });
  await aMinuteLater();
  const results = await sdk.logistics.getShippingDocumentResult({ order_list });
  assert.equal(results.response.result_list[0].status, "READY");
  const label = await sdk.logistics.downloadShippingDocument({
    shipping_document_type: "NORMAL_AIR_WAYBILL",
    order_list: [{ order_sn }],
  });
  assert.ok(isPdf(label));
}

async function boundOrders(first_mile_tracking_number) {
  const { response } = await sdk.firstMile.getDetail({ first_mile_tracking_number, cursor: "" });
  assert.equal(response.status, "ORDER_RECEIVED");
  return response.order_list.map(({ order_sn }) => order_sn);
}

// Two orders that waited, and the one that was just shipped.
async function bindForPickup(shipped) {
  const tomorrow = new Date(Date.now() + (24 + 8) * 3600 * 1000).toISOString().slice(0, 10); // at UTC+8
  const generated = await sdk.firstMile.generateFirstMileTrackingNumber({ declare_date: tomorrow, quantity: 1 });
  const [number] = generated.response.first_mile_tracking_number_list;
  const unbound = await sdk.firstMile.getUnbindOrderList({ cursor: "", page_size: 2 });
  const orders = [...unbound.response.order_list.map(({ order_sn }) => order_sn), shipped];
  const bound = await sdk.firstMile.bindFirstMileTrackingNumber({
    first_mile_tracking_number: number,
    shipment_method: "pickup",
    region: "CN",
    logistics_channel_id: 813,
    order_list: orders.map((order_sn) => ({ order_sn })),
  });
  assert.equal(bound.response.order_list.length, 3);
  assert.deepEqual((await boundOrders(number)).sort(), orders.sort());
  assert.ok(isPdf(await sdk.firstMile.getWaybill({ first_mile_tracking_number_list: [number] })));
  return number;
}

async function cancel(order_sn, number) {
  const cancelled = await sdk.order.cancelOrder({ order_sn, cancel_reason: "CUSTOMER_REQUEST" });
  assert.ok(cancelled.response.update_time instanceof Date);
  const { order_status, cancel_by } = await orderDetail(order_sn);
  assert.deepEqual({ order_status, cancel_by }, { order_status: "CANCELLED", cancel_by: "seller" });
  const left = await boundOrders(number);
  assert.ok(left.length === 2 && !left.includes(order_sn));
  await assert.rejects(sdk.order.cancelOrder({ order_sn, cancel_reason: "CUSTOMER_REQUEST" }), /Can not cancel/);
}

async function showBugs() {
  const unbound = await sdk.firstMile.getUnbindOrderList({ cursor: "", page_size: 2 });
  const order_sn_list = unbound.response.order_list.map(({ order_sn }) => order_sn);
  await sdk.order.getOrderDetail({ order_sn_list });
  const journal = await (await fetch(`${base}/_emulator/journal?limit=1`)).json();
  const sent = new URLSearchParams(journal.requests[0].query).getAll("order_sn_list");
  assert.deepEqual(sent, order_sn_list); // not one text, joined by commas
  await assert.rejects(sdk.merchant.getShopListByMerchant({ page_no: 1, page_size: 10 }), /Wrong sign/);
}

// The client refreshes by itself when Shopee refuses its access token, and by request.
async function refreshByItself() {
  const before = await sdk.getAuthToken();
  await post("/_emulator/expire", { shop_id: SHOP, what: "access_token" });
  const info = await sdk.shop.getShopInfo();
  assert.equal(info.region, "CN");
  const after = await sdk.getAuthToken();
  assert.notEqual(after.access_token, before.access_token);
  await assert.rejects(sdk.auth.getRefreshToken(before.refresh_token, SHOP), /refresh token is error/);
  await sdk.refreshToken(SHOP);
  assert.notEqual((await sdk.getAuthToken()).access_token, after.access_token);
}

const sent = await consent(sdk.getAuthorizationUrl(REDIRECT, { state: "a b&c" }));
assert.equal(sent.get("state"), "a b&c");
assert.equal(sent.get("shop_id"), String(SHOP));
await sdk.authenticateWithCode(sent.get("code"), SHOP);
const order = await shipAnOrder();
await printLabel(order);
await cancel(order, await bindForPickup(order));
await showBugs();
await refreshByItself();
console.log("story completed");
