#include "emulator/page/parts.h"

namespace emulator::page {

// Text that a caller sent is inserted with textContent only, never as HTML.
const std::string_view kStatusScript = R"js(
"use strict";
const api = "/_emulator/";
const byId = (id) => document.getElementById(id);
const number = (value) => Number(value || 0).toLocaleString("en-US");
let picked = 0;
let chosen = "";  // the order whose events have buttons
let meanings = new Map();
let clock = null;

function make(tag, text, classes) {
  const node = document.createElement(tag);
  if (text !== undefined && text !== null) node.textContent = text;
  if (classes) node.className = classes;
  return node;
}

function row(cells) {
  const line = make("tr");
  for (const cell of cells) line.append(cell);
  return line;
}

function cell(content, classes) {
  const node = make("td", undefined, classes);
  if (content instanceof Node) node.append(content);
  else node.textContent = content === null || content === undefined || content === "" ? "–" : content;
  return node;
}

function fill(id, lines, columns, nothing) {
  const body = byId(id);
  if (!lines.length) {
    const line = make("tr");
    const text = make("td", nothing, "empty");
    text.colSpan = columns;
    line.append(text);
    lines = [line];
  }
  body.replaceChildren(...lines);
}

// The round in which each number and order of the selected shop last changed; changed rows come first and flash.
let seen = new Map();
let seenShop = 0;
let round = 0;

function recordChanges(shop, entries, nameOf) {
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    const known = seen.get(nameOf(entry));
    const changed = seenShop === shop.shop_id && (!known || known.text !== text);
    if (!known || changed) seen.set(nameOf(entry), {text: text, round: changed ? round : 0});
  }
}

const changedIn = (name) => (seen.get(name) || {round: 0}).round;
const byChange = (nameOf) => (a, b) => changedIn(nameOf(b)) - changedIn(nameOf(a));
const nameOfNumber = (entry) => entry.binding_id || entry.first_mile_tracking_number;
const nameOfOrder = (entry) => entry.order_sn;

const tones = {
  NOT_AVAILABLE: "", INIT: "", ORDER_CREATED: "info", ORDER_RECEIVED: "info", PICKED_UP: "warn", DELIVERED: "good",
  CANCELING: "bad", CANCELED: "bad", READY_TO_SHIP: "warn", PROCESSED: "info", SHIPPED: "good",
  TO_CONFIRM_RECEIVE: "good", COMPLETED: "good", CANCELLED: "bad", RETRY_SHIP: "warn", IN_CANCEL: "bad",
  TO_RETURN: "bad",
};
const words = (name) => name.toLowerCase().replaceAll("_", " ");
const tag = (name, text) => make("span", text || words(name), "tag " + (tones[name] || ""));

function tags(counts) {
  const box = make("span");
  for (const [name, count] of Object.entries(counts)) box.append(tag(name, number(count) + " " + words(name)));
  return box;
}

function shopeeTime(seconds) {
  return new Date((seconds + 8 * 3600) * 1000).toISOString().replace("T", " ").slice(0, 19);
}

async function call(path, options) {
  const answer = await fetch(api + path, options);
  const data = answer.headers.get("content-type").includes("json") ? await answer.json() : {};
  if (!answer.ok) throw Object.assign(new Error(data.error || "HTTP " + answer.status), {status: answer.status});
  return data;
}

const send = (path, value) =>
  call(path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(value)});

function notice(text) {
  byId("notice").textContent = text || "";
  byId("notice").hidden = !text;
}

function tokenText(shop, now) {
  if (!shop.linked) return tag("CANCELED", "not linked");
  if (shop.banned) return tag("CANCELED", "banned");
  if (!shop.first_mile) return tag("", "no FM");
  const ends = shop.tokens.access_expires_at;
  if (ends === null) return make("span", "fixed", "soft");
  const left = ends - now;
  if (left <= 0) return tag("CANCELED", "expired");
  const text = left < 5400 ? Math.ceil(left / 60) + " min" : Math.round(left / 3600) + " h";
  return tag(left < 1800 ? "READY_TO_SHIP" : "SHIPPED", text + " left");
}

function showShops(state) {
  if (!state.shops.some((shop) => shop.shop_id === picked) && state.shops.length) picked = state.shops[0].shop_id;
  const more = state.total_shops - state.shops.length;
  byId("shops-count").textContent = number(state.total_shops) + (more > 0 ? ", first " + state.shops.length : "");
  fill("shops", state.shops.map((shop) => {
    const line = row([
      cell(shop.shop_id, "mono"), cell(tags(shop.orders), "wrap"),
      cell(number(shop.unbound_packages), "num"), cell(tokenText(shop, state.now)),
    ]);
    line.tabIndex = 0;
    line.classList.toggle("picked", shop.shop_id === picked);
    const pick = () => { picked = shop.shop_id; showShops(state); refresh(); };
    line.onclick = pick;
    line.onkeydown = (event) => { if (event.key === "Enter") pick(); };
    return line;
  }), 4, "No shops.");
}

function numberLine(entry) {
  const name = nameOfNumber(entry);
  const orders = entry.orders.join(", ") + (entry.packages > entry.orders.length ? ", …" : "");
  const line = row([
    cell(name, "mono"), cell(words(entry.shipment_method || "")), cell(tag(entry.status)),
    cell(number(entry.packages), "num"), cell(orders, "mono wrap"),
  ]);
  line.dataset.number = name;
  line.classList.toggle("changed", changedIn(name) === round);
  if (entry.binding_id) line.title = "courier number: " + (entry.first_mile_tracking_number || "not yet");
  return line;
}

function orderLines(order) {
  return order.packages.map((parcel, index) => {
    const line = row([
      cell(index ? "" : order.order_sn, "mono"), cell(index ? make("span") : tag(order.status)),
      cell(parcel.package_number, "mono"), cell(parcel.tracking_number, "mono"),
      cell(parcel.first_mile_tracking_number, "mono"),
    ]);
    line.dataset.order = order.order_sn;
    line.classList.toggle("changed", changedIn(order.order_sn) === round);
    line.title = parcel.logistics_status;
    line.tabIndex = 0;
    line.classList.toggle("picked", order.order_sn === chosen);
    const choose = () => { chosen = order.order_sn; refresh(); };
    line.onclick = choose;
    line.onkeydown = (event) => { if (event.key === "Enter") choose(); };
    return line;
  });
}

// Unchanged buttons are not rebuilt, so that a click on one is not lost.
function showEvents(orders) {
  const order = orders.find((entry) => entry.order_sn === chosen);
  const box = byId("order-events");
  box.hidden = !order;
  const shown = order ? JSON.stringify([chosen, order.events]) : "";
  if (box.dataset.shown === shown) return;
  box.dataset.shown = shown;
  const buttons = (order ? order.events : []).map((name) => {
    const button = make("button", words(name));
    button.dataset.event = name;
    button.title = meanings.get(name) || "";
    button.onclick = () => act(send("order_events", {order_sn: order.order_sn, event: name}));
    return button;
  });
  box.replaceChildren(make("span", chosen, "mono"), ...(buttons.length ? buttons : [make("span", "no event is left", "soft")]));
}

function showShop(shop) {
  byId("shop-id").textContent = shop.shop_id;
  byId("shop-about").textContent = shop.region + " · " + shop.name + " · refreshes " + shop.tokens.refreshes +
    (shop.tokens.lost_refreshes ? ", lost " + shop.tokens.lost_refreshes : "");
  if (seenShop !== shop.shop_id) seen = new Map();
  round += 1;
  const numbers = shop.number_list.concat(shop.binding_list);
  recordChanges(shop, numbers, nameOfNumber);
  recordChanges(shop, shop.order_list, nameOfOrder);
  seenShop = shop.shop_id;
  numbers.sort((a, b) => (b.packages > 0) - (a.packages > 0));
  numbers.sort(byChange(nameOfNumber));
  shop.order_list.sort(byChange(nameOfOrder));
  fill("numbers", numbers.map(numberLine), 5, "No numbers yet: generate some.");
  fill("orders", shop.order_list.flatMap(orderLines), 5, "No orders.");
  showEvents(shop.order_list);
}

function showCalls(journal) {
  fill("calls", journal.requests.reverse().map((entry) => {
    const shop = new URLSearchParams(entry.query).get("shop_id");
    const path = entry.path.replace("/api/v2/", "");
    const outcome = entry.status === 0 ? tag("", "pending") : entry.error ? tag("CANCELED", entry.error) : tag("SHIPPED", "ok");
    const line = row([
      cell(number(entry.sequence), "num soft"), cell(shopeeTime(entry.time).slice(11), "soft"),
      cell(entry.verb + " " + path, "mono"), cell(shop, "mono"), cell(entry.status || "", "num"), cell(outcome),
    ]);
    if (entry.body) line.title = entry.body;
    return line;
  }), 6, "No calls yet. Send a signed call to " + location.origin + "/api/v2/...");
}

const pushColour = {delivered: "SHIPPED", lost: "CANCELED", dropped: "CANCELED"};

// Hidden until a callback is set.
function showPushes(data) {
  byId("pushes-card").hidden = !data.callback_url && !data.pushes.length;
  byId("pushes-about").textContent = data.callback_url + " · " + data.live_push_status;
  fill("pushes", data.pushes.reverse().map((push) => {
    const line = row([
      cell(number(push.id), "num soft"), cell(shopeeTime(push.timestamp).slice(11), "soft"),
      cell(push.code, "num"), cell(push.shop_id || "", "mono"), cell(push.body, "mono wrap"),
      cell(number(push.attempts), "num"), cell(tag(pushColour[push.state] || "", push.state.replace("_", " "))),
    ]);
    if (push.answer) line.title = "answer: " + push.answer;
    return line;
  }), 7, "No pushes yet.");
}

function faultText(fault) {
  const parts = [fault.path ? fault.path.replace("/api/v2/", "") : "every path"];
  if (fault.shop_id) parts.push("shop " + fault.shop_id);
  if (fault.probability < 1) parts.push(Math.round(fault.probability * 100) + " %");
  if (fault.skip) parts.push("skips " + fault.skip);
  parts.push(fault.times < 0 ? "always" : fault.times ? number(fault.times) + " to go" : "used up");
  return parts.join(" · ") + " · acted " + number(fault.acted);
}

function showFaults(data) {
  byId("faults-count").textContent = data.faults.length || "";
  byId("tile-faults").textContent = number(data.faults.length);
  byId("clear-faults").hidden = !data.faults.length;
  // An unchanged list is not rebuilt, so that a click on its buttons is not lost.
  const shown = JSON.stringify(data.faults);
  if (byId("faults").dataset.shown === shown) return;
  byId("faults").dataset.shown = shown;
  byId("faults").replaceChildren(...data.faults.map((fault) => {
    const about = make("div");
    about.append(make("strong", fault.name || fault.action), make("div", faultText(fault), "soft"));
    const remove = make("button", "Remove", "quiet");
    remove.onclick = () => act(call("faults?id=" + fault.id, {method: "DELETE"}));
    const item = make("li");
    item.append(about, remove);
    return item;
  }));
}

function showClock(now) {
  byId("clock-time").textContent = shopeeTime(now);
  byId("clock-time").dateTime = new Date(now * 1000).toISOString();
}

async function readClock() {
  try {
    clock = await call("clock");
  } catch (error) {
    clock = null;
  }
  byId("clock-buttons").hidden = clock === null;
  byId("clock-mode").textContent = clock && clock.mode && clock.mode !== "real" ? "· " + clock.mode : "";
}

let running = false;
let again = false;

// One refresh at a time; a change in the meantime causes one more.
async function refresh() {
  if (running) { again = true; return; }
  running = true;
  try {
    const [state, counters, journal, pushes, faults] = await Promise.all([
      call("state"), call("counters"), call("journal?limit=60"), call("pushes?limit=60"), call("faults")]);
    showClock(state.now);
    byId("tile-shops").textContent = number(state.total_shops);
    byId("tile-orders").textContent = number(state.total_orders);
    byId("tile-numbers").textContent = number(state.total_numbers);
    byId("tile-requests").textContent = number(counters.total_requests);
    byId("tile-flight").textContent = number(counters.in_flight);
    byId("calls-count").textContent = "newest first";
    showShops(state);
    showCalls(journal);
    showPushes(pushes);
    showFaults(faults);
    if (picked) showShop(await call("shop?shop_id=" + picked));
    notice("");
  } catch (error) {
    notice("The emulator does not answer: " + error.message);
  }
  running = false;
  if (again) { again = false; setTimeout(refresh, 100); }
}

async function act(promise) {
  try {
    await promise;
    await refresh();
  } catch (error) {
    notice(error.message);
  }
}

byId("clock-buttons").onclick = (event) => {
  const seconds = Number(event.target.dataset.advance || 0);
  if (seconds) act(send("clock", {advance_seconds: seconds}));
};
byId("clear-faults").onclick = () => act(call("faults", {method: "DELETE"}));
byId("reset").onclick = () => {
  if (confirm("Restore the initial world and clear faults, pushes, journal and counters?")) act(call("reset", {method: "POST"}));
};
byId("fault-form").onsubmit = (event) => {
  event.preventDefault();
  const fields = new FormData(event.target);
  const fault = {preset: fields.get("preset")};
  if (fields.get("path")) fault.path = fields.get("path").trim();
  for (const name of ["shop_id", "times", "probability"]) {
    if (fields.get(name)) fault[name] = Number(fields.get(name));
  }
  act(send("faults", fault));
};

byId("new-order").onclick = () => act(send("orders", {shop_id: picked, packages: [{items: 2}]}).then((order) => {
  chosen = order.order_sn;
}));

async function readMeanings() {
  const data = await call("order_events");
  meanings = new Map(data.events.map((entry) => [entry.event, entry.meaning]));
}

async function readPresets() {
  const data = await call("presets");
  byId("fault-preset").replaceChildren(...data.presets.map((preset) => {
    const option = make("option", preset.name.replaceAll("_", " "));
    option.value = preset.name;
    return option;
  }));
  const paths = (await call("operations")).operations;
  byId("paths").replaceChildren(...paths.map((entry) => {
    const option = make("option");
    option.value = entry.path;
    return option;
  }));
}

let version = 0;
function follow() {
  const events = new EventSource(api + "events");
  events.onopen = () => { byId("live").textContent = "live"; byId("live").className = "live on"; };
  events.onerror = () => { byId("live").textContent = "reconnecting"; byId("live").className = "live"; };
  events.addEventListener("change", (event) => {
    const change = JSON.parse(event.data);
    showClock(change.now);
    if (change.version !== version || (clock && clock.mode !== "real")) refresh();
    version = change.version;
  });
}

readClock();
readPresets();
readMeanings();
refresh();
follow();
)js";

}  // namespace emulator::page
