import { html } from './html.js'

/** Of the one page; it loads nothing. */
export const style = html`<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; --line: #8883; --dim: #8889;
  --good: #1a7f37; --bad: #cf222e; --wait: #9a6700; --calm: #57606a }
body { max-width: 76rem; margin: 2rem auto; padding: 0 1rem }
h1 { margin-bottom: 0; overflow-wrap: anywhere } h2 { margin: 2.5rem 0 .3rem; overflow-wrap: anywhere } h3 { margin: 1.6rem 0 .4rem }
.pill { display: inline-block; padding: 0 .7rem; border-radius: 1rem; color: #fff; background: var(--calm);
  font-size: 1rem; font-weight: 600; vertical-align: middle }
.succeeded, .pass, .completed { background: var(--good) } .failed, .block, .aborted, .terminated, .timed { background: var(--bad) }
.partial, .review, .unknown, .running { background: var(--wait) }
.run { border-top: 2px solid var(--line); margin-top: 2rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid var(--line) }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } th { font-weight: 600 }
table.facts th { width: 10rem; white-space: nowrap; font-weight: normal; opacity: .75 }
code, pre { font-size: .86em; overflow-wrap: anywhere } pre { white-space: pre-wrap; background: var(--line); padding: .8rem; border-radius: 6px }
.sheet { display: flex; flex-wrap: wrap; gap: .6rem } figure { margin: 0; max-width: 100% } figcaption { font-size: .8em; opacity: .75 }
.sheet img, .sheet video { height: 11rem; max-width: 100%; object-fit: contain; background: #0002; border-radius: 6px }
.sheet video { height: 20rem }
.sub { font-size: .86em; opacity: .8 } .problem td, .problem { color: var(--bad) }
tr.hint td:nth-child(3), tr.decision td:nth-child(3) { font-weight: 600 }
</style>`
