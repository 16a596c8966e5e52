#include "emulator/page/parts.h"

namespace emulator::page {

const std::string_view kStatusHtml = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>shopee-emulator</title>
<link rel="icon" href="data:,">
<style><!--css--></style>
</head>
<body>
<header>
  <div class="brand">
    <h1>shopee-emulator</h1>
    <span id="live" class="live" title="follows changes live">connecting</span>
  </div>
  <div class="clock" id="clock-card">
    <div>
      <div class="label">Shopee's time, UTC+8 <span id="clock-mode"></span></div>
      <time id="clock-time">–</time>
    </div>
    <div class="buttons" id="clock-buttons" role="group" aria-label="Advance the clock">
      <button data-advance="60" id="advance-minute">+1 min</button>
      <button data-advance="3600" id="advance-hour">+1 h</button>
      <button data-advance="14400" id="advance-4-hours">+4 h</button>
      <button data-advance="86400" id="advance-day">+1 day</button>
    </div>
  </div>
  <dl class="tiles">
    <div><dt>Shops</dt><dd id="tile-shops">–</dd></div>
    <div><dt>Orders</dt><dd id="tile-orders">–</dd></div>
    <div><dt>Numbers</dt><dd id="tile-numbers">–</dd></div>
    <div><dt>Requests</dt><dd id="tile-requests">–</dd></div>
    <div><dt>In flight</dt><dd id="tile-flight">–</dd></div>
    <div><dt>Faults</dt><dd id="tile-faults">–</dd></div>
  </dl>
</header>
<p id="notice" role="status" hidden></p>
<main>
  <section class="card" id="shops-card">
    <h2>Shops <span class="count" id="shops-count"></span></h2>
    <div class="scroll tall"><table>
      <thead><tr><th>Shop</th><th>Orders</th><th class="num">Unbound</th><th>Token</th></tr></thead>
      <tbody id="shops"></tbody>
    </table></div>
  </section>
  <section class="card" id="shop-card">
    <h2>Shop <span id="shop-id"></span> <span class="count" id="shop-about"></span></h2>
    <h3>First-mile numbers and courier bindings</h3>
    <div class="scroll"><table>
      <thead><tr><th>Number</th><th>Method</th><th>Status</th><th class="num">Parcels</th><th>Orders</th></tr></thead>
      <tbody id="numbers"></tbody>
    </table></div>
    <h3>Orders, last changed first <button id="new-order" class="quiet">New order</button></h3>
    <div class="scroll"><table>
      <thead><tr><th>Order</th><th>Status</th><th>Parcel</th><th>Tracking number</th><th>Bound to</th></tr></thead>
      <tbody id="orders"></tbody>
    </table></div>
    <div id="order-events" class="buttons events" role="group" aria-label="Events of the chosen order" hidden></div>
  </section>
  <section class="card" id="faults-card">
    <h2>Faults <span class="count" id="faults-count"></span>
      <button id="clear-faults" class="quiet">Remove all</button></h2>
    <form id="fault-form">
      <label>Behaviour <select name="preset" id="fault-preset"></select></label>
      <label>Path <input name="path" id="fault-path" list="paths" placeholder="every path" spellcheck="false"></label>
      <datalist id="paths"></datalist>
      <label>Shop <input name="shop_id" inputmode="numeric" placeholder="every shop"></label>
      <label>Times <input name="times" type="number" min="1" placeholder="always"></label>
      <label>Probability <input name="probability" type="number" min="0" max="1" step="0.05" placeholder="1"></label>
      <button id="add-fault" class="strong">Add fault</button>
    </form>
    <ul id="faults" class="faults"></ul>
  </section>
  <section class="card wide" id="calls-card">
    <h2>Last calls <span class="count" id="calls-count"></span></h2>
    <div class="scroll"><table>
      <thead><tr><th class="num">#</th><th>Time</th><th>Call</th><th>Shop</th><th class="num">HTTP</th><th>Error</th></tr></thead>
      <tbody id="calls"></tbody>
    </table></div>
  </section>
  <section class="card wide" id="pushes-card" hidden>
    <h2>Pushes <span class="count" id="pushes-about"></span></h2>
    <div class="scroll"><table>
      <thead><tr><th class="num">#</th><th>Time</th><th class="num">Code</th><th>Shop</th><th>Body</th>
        <th class="num">Attempts</th><th>State</th></tr></thead>
      <tbody id="pushes"></tbody>
    </table></div>
  </section>
</main>
<footer>
  <span>Everything here is also JSON: <a href="/_emulator/">/_emulator/</a></span>
  <button id="reset" class="quiet">Reset the world</button>
</footer>
<script><!--script--></script>
</body>
</html>
)html";

}  // namespace emulator::page
