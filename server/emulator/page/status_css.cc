#include "emulator/page/parts.h"

namespace emulator::page {

const std::string_view kStatusCss = R"css(
:root {
  color-scheme: light dark;
  --page: #f5f4f1; --card: #ffffff; --line: #e4e1da; --ink: #23211d; --soft: #77726a; --hover: #faf8f4;
  --accent: #d8492f; --accent-ink: #ffffff; --good: #1d7f4f; --good-bg: #e3f4ea; --bad: #b3261e;
  --bad-bg: #fbe6e3; --warn: #8a5a00; --warn-bg: #fcf0d4; --info: #23589f; --info-bg: #e4eefb;
  --plain-bg: #efece6; --pick: #fdf0ea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #161513; --card: #211f1c; --line: #35322d; --ink: #ece8e1; --soft: #9d978c; --hover: #2a2824;
    --accent: #ff7a5c; --accent-ink: #26110b; --good: #7ad6a4; --good-bg: #1b3527; --bad: #ff9c92;
    --bad-bg: #43211e; --warn: #f0c465; --warn-bg: #3c2f12; --info: #94c0ff; --info-bg: #1c2f49;
    --plain-bg: #322f2a; --pick: #38261f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 20px 24px 32px; background: var(--page); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
h1 { font-size: 20px; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 15px; margin: 0 0 10px; display: flex; align-items: baseline; gap: 8px; }
h2 button { margin-left: auto; }
h3 { font-size: 12px; margin: 14px 0 6px; color: var(--soft); font-weight: 600; }
h3:first-of-type { margin-top: 0; }
header { display: flex; flex-wrap: wrap; gap: 14px; align-items: stretch; margin-bottom: 14px; }
header > * { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 12px 16px; margin: 0; }
.brand { display: flex; flex-direction: column; justify-content: center; gap: 2px; }
.live { font-size: 12px; color: var(--soft); }
.live::before { content: ""; display: inline-block; width: 8px; height: 8px; border-radius: 50%;
  background: var(--soft); margin-right: 6px; }
.live.on::before { background: #2fb370; }
.clock { display: flex; gap: 18px; align-items: center; flex-wrap: wrap; }
.label, .tiles dt, .count { color: var(--soft); font-size: 12px; font-weight: 400; }
time { font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -0.01em; }
.buttons { display: flex; gap: 6px; }
.events { flex-wrap: wrap; align-items: baseline; margin-top: 8px; }
.events[hidden] { display: none; }
.tiles { display: flex; flex: 1; justify-content: space-around; gap: 18px; align-items: center; min-width: 380px; }
.tiles dd { margin: 0; font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; }
main { display: grid; grid-template-columns: minmax(330px, 1fr) minmax(480px, 1.9fr) minmax(270px, 310px); gap: 14px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 16px; min-width: 0; }
.wide { grid-column: 1 / -1; }
.scroll { overflow: auto; max-height: 214px; margin: 0 -16px; padding: 0 16px; }
.tall { max-height: 480px; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
tr > :last-child { padding-right: 0; }
th { position: sticky; top: 0; background: var(--card); text-align: left; color: var(--soft); font-size: 12px;
  font-weight: 500; padding: 0 10px 6px 0; white-space: nowrap; z-index: 1; }
td { padding: 5px 10px 5px 0; border-top: 1px solid var(--line); vertical-align: baseline; white-space: nowrap; }
td.wrap { white-space: normal; width: 100%; }
td.mono.wrap { overflow-wrap: anywhere; width: auto; }
.num { text-align: right; font-variant-numeric: tabular-nums; }
.mono, .mono a { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; font-size: 11.5px; }
.soft { color: var(--soft); }
#shops tr { cursor: pointer; }
#shops tr:hover td, #calls tr:hover td { background: var(--hover); }
#shops tr.picked td, #orders tr.picked td { background: var(--pick); }
tr.changed td { animation: changed 2.5s ease-out; }
@keyframes changed { from { background: var(--warn-bg); } }
#shops tr:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.tag { display: inline-block; padding: 1px 7px; border-radius: 20px; font-size: 11px; line-height: 17px; margin: 0 4px 2px 0; white-space: nowrap;
  background: var(--plain-bg); color: var(--ink); }
.tag.good { background: var(--good-bg); color: var(--good); }
.tag.bad { background: var(--bad-bg); color: var(--bad); }
.tag.warn { background: var(--warn-bg); color: var(--warn); }
.tag.info { background: var(--info-bg); color: var(--info); }
button { font: inherit; padding: 5px 11px; border-radius: 8px; border: 1px solid var(--line); background: var(--card);
  color: var(--ink); cursor: pointer; }
button:hover { background: var(--hover); border-color: var(--soft); }
button:focus-visible, input:focus-visible, select:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button.strong { background: var(--accent); color: var(--accent-ink); border-color: transparent; font-weight: 600; }
button.strong:hover { filter: brightness(1.06); }
button.quiet { border: 0; background: none; color: var(--soft); padding: 0 4px; font-size: 12px; }
button.quiet:hover { color: var(--accent); }
button:disabled { opacity: 0.45; cursor: default; }
form { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 8px; }
form label { color: var(--soft); font-size: 12px; display: block; }
form label:nth-of-type(1), form label:nth-of-type(2), form .strong { grid-column: 1 / -1; }
input, select { font: inherit; width: 100%; margin-top: 2px; padding: 5px 8px; border-radius: 8px; color: var(--ink);
  border: 1px solid var(--line); background: var(--page); }
.faults { list-style: none; margin: 12px 0 0; padding: 0; max-height: 250px; overflow: auto; }
.faults li { border-top: 1px solid var(--line); padding: 8px 0; display: flex; gap: 8px; align-items: flex-start; }
.faults li > div { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.faults strong { font-weight: 600; }
.empty { color: var(--soft); padding: 10px 0; }
#notice { background: var(--warn-bg); color: var(--warn); border-radius: 10px; padding: 8px 14px; margin: 0 0 14px; }
footer { margin-top: 16px; color: var(--soft); font-size: 12px; display: flex; gap: 14px; }
a { color: var(--accent); }
@media (max-width: 1180px) { main { grid-template-columns: 1fr 1fr; } #shop-card { grid-column: 1 / -1; order: 3; } .wide { order: 4; } }
@media (max-width: 720px) { body { padding: 12px; } main { grid-template-columns: minmax(0, 1fr); } .tiles { min-width: 0; flex-wrap: wrap; } }
)css";

}  // namespace emulator::page
