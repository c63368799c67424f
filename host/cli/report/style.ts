// How a report looks: one column that becomes two where there is room, light or dark as the reader's system is.
import { curveStyle } from "./curves.ts";

export const pageStyle = `
:root { color-scheme: light dark; --paper: #fff; --card: #f4f6f8; --ink: #1a2029; --faint: #4a5361; --line: #d8dde3; --bar: #1f63b0 }
@media (prefers-color-scheme: dark) {
:root { --paper: #14181e; --card: #1d232b; --ink: #eceff3; --faint: #aab3bf; --line: #333b45; --bar: #6fb1f5 }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 66rem; padding: 1.5rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 } h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem } h3 { font-size: 1rem; margin: 1.25rem 0 .5rem }
p { margin: .5rem 0; max-width: 46rem } .faint, caption, footer { color: var(--faint) }
.tiles { display: grid; grid-template-columns: repeat(var(--across), 1fr); gap: .75rem; margin: 1.25rem 0 0; padding: 0 }
@media (max-width: 60rem) { .tiles { grid-template-columns: repeat(var(--half), 1fr) } }
@media (max-width: 40rem) { .tiles { grid-template-columns: 1fr 1fr } .tiles div:last-child:nth-child(odd) { grid-column: span 2 } }
.tiles div { background: var(--card); border-radius: .5rem; padding: .6rem .9rem }
.tiles dt { color: var(--faint); font-size: .85rem } .tiles dd { margin: 0; font-size: 1.2rem; font-weight: 600; white-space: nowrap }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 1.5rem; align-items: start }
.pair > *, .stack > * { margin: .5rem 0 }
.curves { display: block; width: 100%; height: auto }
.scroll { overflow-x: auto; overflow-wrap: normal }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } caption { text-align: left; padding: 0 0 .4rem }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: baseline }
th { font-weight: 600 } thead th { color: var(--faint); font-weight: 400; vertical-align: bottom }
th:first-child { text-align: left; padding-left: 0 } td { white-space: nowrap } td.text, th.text { text-align: left }
tbody th { max-width: 16rem }
.facts { width: 100% } .facts th { font-weight: 400; color: var(--faint); width: 11rem } .facts td { text-align: left; white-space: normal } .facts td.figure { white-space: nowrap }
.confusion td { min-width: 3.4rem; text-align: center; border: 1px solid var(--line) } .confusion td.none { color: var(--faint) }
.confusion thead th { max-width: 5.5rem; text-align: center; padding: .3rem .4rem } .confusion thead th:first-child { text-align: left; padding-left: 0 }
.confusion.many thead th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; max-width: none; padding: .7rem .3rem }
.confusion.many thead bdi { display: inline-block; max-height: 9rem; overflow-wrap: anywhere } .confusion.many td { min-width: 2.4rem; padding: .3rem }
.confusion.many thead th:first-child { writing-mode: horizontal-tb; transform: none; padding-left: 0 }
.bar { display: block; height: .7rem; min-width: 1px; background: var(--bar); border-radius: .15rem } td.bars { width: 60%; min-width: 6rem }
code { font: .85em ui-monospace, monospace } details { margin-top: 1rem } summary { cursor: pointer; color: var(--faint) }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .75rem; font-size: .85rem }
@media print { body { max-width: none; padding: 0 } h2 { break-after: avoid } tr, .curves { break-inside: avoid } }
${curveStyle}
`;
