// The pickup story and a token refresh, told by @congminh1254/shopee-sdk, unchanged but for its base URLs.
//
// Usage: node shopee_sdk_story.mjs BASE_URL FOLDER_OF_THE_PACKAGE
// The client needs no workaround here.
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

async function bindForPickup() {
  const today = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10);
  const generated = await sdk.firstMile.generateFirstMileTrackingNumber({ declare_date: today, quantity: 1 });
  const [number] = generated.response.first_mile_tracking_number_list;
  const unbound = await sdk.firstMile.getUnbindOrderList({ cursor: "", page_size: 3 });
  const rows = unbound.response.order_list.map(({ order_sn }) => ({ order_sn }));
  assert.equal(rows.length, 3);
  const bound = await sdk.firstMile.bindFirstMileTrackingNumber({
    first_mile_tracking_number: number,
    shipment_method: "pickup",
    region: "CN",
    logistics_channel_id: 813,
    order_list: rows,
  });
  assert.equal(bound.response.order_list.length, 3);
  const detail = await sdk.firstMile.getDetail({ first_mile_tracking_number: number, cursor: "" });
  assert.equal(detail.response.status, "ORDER_RECEIVED");
  const label = await sdk.firstMile.getWaybill({ first_mile_tracking_number_list: [number] });
  assert.ok(Buffer.isBuffer(label) && label.toString("latin1").startsWith("%PDF"));
}

async function post(path, body) {
  const answer = await fetch(base + path, { method: "POST", body: JSON.stringify(body) });
  assert.equal(answer.status, 200);
}

// The client refreshes by itself when the platform refuses its access token, and by request.
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
await bindForPickup();
await refreshByItself();
console.log("story told");
