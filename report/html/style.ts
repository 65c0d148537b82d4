/** The report's style sheet: one file, no fonts or pictures from elsewhere, and a page that prints well. */
export const STYLE = `
:root { --ink: #1c2733; --soft: #5b6b7b; --line: #d9e0e7; --paper: #fff; --wash: #f4f7fa; --brand: #0b5c8a;
  --ok: #1d7f4f; --wait: #9a6700; --stop: #b3261e; --run: #0b5c8a; --idle: #6b7a88; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--wash); color: var(--ink); font: 14px/1.55 "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei",
  "PingFang SC", system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 60px; }
header.cover { background: linear-gradient(135deg, #083f60, #0b5c8a 60%, #12789f); color: #fff; border-radius: 14px; padding: 30px 34px; margin-bottom: 22px; }
header.cover h1 { margin: 0 0 2px; font-size: 27px; font-weight: 700; letter-spacing: .5px; }
header.cover .en { opacity: .85; font-size: 15px; }
header.cover dl { display: flex; flex-wrap: wrap; gap: 8px 30px; margin: 20px 0 0; }
header.cover dt { font-size: 12px; opacity: .75; } header.cover dd { margin: 0; font-weight: 600; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 20px 24px 22px; margin-bottom: 18px; }
h2 { margin: 0 0 14px; font-size: 18px; } h2 small, h3 small { color: var(--soft); font-weight: 400; font-size: .78em; margin-left: 6px; }
th small { display: block; color: var(--soft); font-weight: 400; font-size: .8em; }
h3 { margin: 20px 0 8px; font-size: 15px; } h4 { margin: 14px 0 4px; font-size: 13px; color: var(--soft); } h4 small { font-weight: 400; margin-left: 6px; }
.en { color: var(--soft); font-size: .86em; } .cover .en { color: inherit; } .cover .state { color: #fff; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-bottom: 18px; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 14px 16px; }
.card b { display: block; font-size: 25px; line-height: 1.25; font-variant-numeric: tabular-nums; }
.card span { color: var(--soft); font-size: 12px; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th { text-align: left; font-weight: 600; color: var(--soft); border-bottom: 2px solid var(--line); padding: 7px 8px; vertical-align: bottom; }
td { border-bottom: 1px solid var(--line); padding: 7px 8px; vertical-align: top; overflow-wrap: anywhere; }
tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
td.t { white-space: nowrap; font-variant-numeric: tabular-nums; } td.k, code { font-family: ui-monospace, "SFMono-Regular", Consolas, monospace; font-size: 12px; }
code { color: var(--soft); overflow-wrap: anywhere; }
.state { display: inline-flex; align-items: center; gap: 5px; font-weight: 600; white-space: nowrap; }
.state::before { content: attr(data-glyph); } .ok { color: var(--ok); } .wait { color: var(--wait); } .stop { color: var(--stop); }
.run { color: var(--run); } .idle { color: var(--idle); }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 8px; font-size: 12px; white-space: nowrap; }
.bar { height: 7px; min-width: 70px; background: #e6ecf1; border-radius: 4px; overflow: hidden; } .bar i { display: block; height: 100%; background: var(--ok); }
.said { margin: 4px 0 0; padding: 4px 10px; border-left: 3px solid var(--line); color: var(--soft); }
.void td { color: var(--soft); } .void .struck { text-decoration: line-through; }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 18px; } .charts figure, figure { margin: 0; } figure svg { width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: 12px; text-align: center; }
.none { color: var(--soft); } a { color: var(--brand); } footer { color: var(--soft); font-size: 12px; text-align: center; padding: 8px; }
.scroll { overflow-x: auto; }
@media (max-width: 760px) { .charts { grid-template-columns: 1fr; } main { padding: 14px; } }
@media print { @page { size: A4; margin: 14mm; } body { background: #fff; font-size: 11px; } main { max-width: none; padding: 0; }
  section { border: 0; border-radius: 0; padding: 0 0 10px; } header.cover { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .bar, .bar i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } tr, figure, .card { break-inside: avoid; } h2, h3 { break-after: avoid; } }
`
