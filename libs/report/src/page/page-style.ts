/**
 * Style of every page. It has a light and a dark theme, and is readable on a phone and on paper.
 */
export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#d8dbe0, #3a3f47); --soft: light-dark(#5b6270, #a2a9b5);
  --ok: light-dark(#17663a, #6fcf97); --part: light-dark(#8a5a00, #f2c14e); --bad: light-dark(#a3262a, #ff8a80);
  --mark: light-dark(#2465b8, #5ea2f5); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
.soft { color: var(--soft); } .ok { color: var(--ok); } .part { color: var(--part); } .bad { color: var(--bad); }
dl.totals { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1.5rem 0; }
dl.totals dt { color: var(--soft); font-size: .85rem; } dl.totals dd { margin: 0; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: min(100%, 32rem); font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-size: .85rem; color: var(--soft); font-weight: 600; } tbody th { font-size: inherit; color: inherit; font-weight: inherit; }
th:first-child, td:first-child, td.text, th.text { text-align: left; } td.text { white-space: normal; overflow-wrap: break-word; min-width: 5rem; }
tbody th { white-space: normal; min-width: 8rem; }
code { font-size: .85em; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; max-width: 38rem; } svg text { font-size: 12px; fill: var(--soft); }
.tick.end { text-anchor: end; } .tick.middle { text-anchor: middle; }
.grid { stroke: var(--line); } .bar { fill: var(--mark); } .dot { fill: var(--mark); } .interval { stroke: var(--mark); stroke-width: 2; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption { font-size: .85rem; color: var(--soft); overflow-wrap: anywhere; }
.picture { position: relative; display: inline-block; line-height: 0; } .picture img { max-width: 100%; height: auto; }
.box { position: absolute; box-shadow: 0 0 0 1px #000; outline: 2px solid #ffcf33; } .box.person { outline-color: #49d17d; }
@media (max-width: 30rem) {
  body { margin-top: 1rem; } dl.totals { gap: .75rem 1.5rem; margin: 1rem 0; }
  th, td { padding: .35rem .3rem; } tbody th { min-width: 6rem; }
}
@media print {
  :root { color-scheme: light; } body { margin: 0; max-width: none; font-size: 11px; } @page { size: A4 landscape; margin: 12mm; }
  .scroll { overflow: visible; } th, td { padding: .2rem .35rem; white-space: normal; }
  tr, figure, svg { break-inside: avoid; } h2, h3 { break-after: avoid; } thead { display: table-header-group; }
}
`;
