/** Style of every page: light and dark, readable on a phone. */
export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#d8dbe0, #3a3f47); --soft: light-dark(#5b6270, #a2a9b5);
  --ok: light-dark(#17663a, #6fcf97); --part: light-dark(#8a5a00, #f2c14e); --bad: light-dark(#a3262a, #ff8a80); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.soft { color: var(--soft); } .ok { color: var(--ok); } .part { color: var(--part); } .bad { color: var(--bad); }
dl.totals { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1.5rem 0; }
dl.totals dt { color: var(--soft); font-size: .85rem; } dl.totals dd { margin: 0; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-size: .85rem; color: var(--soft); font-weight: 600; }
th:first-child, td:first-child, td.text, th.text { text-align: left; } td.left { text-align: left; } td.text { white-space: normal; overflow-wrap: break-word; }
code { font-size: .85em; overflow-wrap: break-word; }
`;
