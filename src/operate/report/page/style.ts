/** The style of the page. It loads nothing. Colors have a contrast of at least 4.5 to 1 on both backgrounds. */
export const style = `
:root { color-scheme: light; --back: #fff; --panel: #f6f8fa; --text: #1f2328; --dim: #59636e; --line: #d1d9e0;
  --link: #0969da; --good: #1a7f37; --wait: #9a6700; --bad: #cf222e; --calm: #59636e; --alarm: #ffebe9 }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --back: #0d1117; --panel: #161b22; --text: #e6edf3; --dim: #9198a1; --line: #30363d;
    --link: #58a6ff; --good: #3fb950; --wait: #d29922; --bad: #f85149; --calm: #9198a1; --alarm: #2d1418 }
}
* { box-sizing: border-box }
html { background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
body { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.7rem; margin: 0 } h2 { font-size: 1.35rem; margin: 0 } h3 { font-size: 1.1rem; margin: 2rem 0 .5rem }
h4 { font-size: 1rem; margin: 0 } p { margin: .2rem 0 .6rem } ul, ol { margin: 0; padding: 0; list-style: none }
a { color: var(--link) } code, pre { font-size: .86em } pre { white-space: pre-wrap; margin: .3rem 0 1rem }
dl { margin: 0 } dt { color: var(--dim) } dd { margin: 0 } time, .took { font-variant-numeric: tabular-nums }
.sub { font-size: .88em; color: var(--dim) } .problem { color: var(--bad) }
summary { cursor: pointer; color: var(--link) } details > summary { padding: .2rem 0 }
.run { border-top: 2px solid var(--line); margin-top: 1.5rem; padding-top: 1.2rem } .runs li { padding: .15rem 0 }
.reason { font-size: 1.05rem; margin: .4rem 0 .8rem }
.pill { display: inline-block; padding: 0 .6rem; border: 1px solid; border-radius: 1rem; font-size: .88rem; font-weight: 600; vertical-align: middle; background: var(--back) }
.pill.good { color: var(--good) } .pill.wait { color: var(--wait) } .pill.bad { color: var(--bad) } .pill.calm { color: var(--calm) }
rect, .good rect { fill: var(--calm) } rect.good, .good > svg rect { fill: var(--good) } rect.wait, .wait > svg rect { fill: var(--wait) }
rect.bad, .bad > svg rect { fill: var(--bad) }

.key, .tiles { display: flex; flex-wrap: wrap; gap: .4rem 2rem }
.tiles { gap: .6rem; margin-bottom: .6rem } .tiles > div { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .4rem .9rem; min-width: 6.5rem }
.tiles dd { font-size: 1.4rem; font-weight: 600 } .tiles .good dd { color: var(--good) } .tiles .bad dd { color: var(--bad) } .tiles .wait dd { color: var(--wait) }
.facts { background: var(--panel); border-radius: 8px; padding: .5rem .8rem; margin: .4rem 0 }
.facts > div { display: grid; grid-template-columns: 7rem 1fr } .facts dd { min-width: 0 }

.problems { border: 1px solid var(--bad); border-left-width: 6px; border-radius: 8px; background: var(--alarm); padding: .7rem 1rem; margin-top: 1.2rem }
.problems h3 { margin: 0 0 .3rem; color: var(--bad) } .problems li { padding: .2rem 0 } .problems strong { color: var(--bad) }
.next h3 { margin-top: 1.2rem } .next li { padding: .1rem 0 }

.timeline li { display: grid; grid-template-columns: 5rem minmax(0, 1fr) 7rem 40%; gap: 0 .8rem; padding: .35rem 0; border-bottom: 1px solid var(--line); align-items: center }
.timeline .took { text-align: right } .timeline time { color: var(--dim); align-self: start } .timeline .took { align-self: start }
.timeline .bad .what { color: var(--bad) } .timeline .what .sub { display: block }
.bar, .track { display: block; width: 100%; height: .7rem; background: var(--panel); border-radius: 4px } .track { margin: .4rem 0; height: .9rem; background: var(--line) }

.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16.5rem), 1fr)); grid-auto-rows: 1fr; gap: .9rem }
.card { display: flex; flex-direction: column; gap: .35rem; min-width: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; padding-bottom: .6rem }
.card > :not(.media) { margin: 0 .8rem } .card dl { font-size: .92em } .card dl > div { display: grid; grid-template-columns: 5rem 1fr } .card .links { margin-top: auto; font-size: .92em }
.media { aspect-ratio: 16 / 9; flex: none; display: grid; place-items: center; background: #000; color: #c9d1d9; text-align: center; overflow: hidden }
.media video, .media img { width: 100%; height: 100%; object-fit: contain; min-width: 0; min-height: 0 } .media audio { width: calc(100% - 1rem) } .media p { padding: 0 1rem; margin: 0 }
.pictures { display: grid; gap: 2px; width: 100%; height: 100%; min-height: 0 } .pictures.few { grid-template-columns: 1fr 1fr; grid-auto-rows: minmax(0, 1fr) }
.pictures.many { grid-template-columns: repeat(4, 1fr); grid-template-rows: repeat(3, minmax(0, 1fr)) } .pictures.one { grid-template-rows: minmax(0, 1fr) }
.card.missing, .card.lost { border: 2px dashed var(--bad); background: var(--alarm) } .card.missing .media { background: none; color: var(--bad); font-weight: 600; font-size: 1.2rem }
.card .unloaded { display: none } .card.lost .unloaded { display: block }

.verdicts > li, .steps > li, .items li { border: 1px solid var(--line); border-radius: 8px; background: var(--panel); padding: .6rem .9rem; margin-bottom: .6rem }
.segments li { padding: .1rem 0 } .moderation { font-weight: 600 } .steps { counter-reset: step } .steps > li { counter-increment: step }
.steps h4::before { content: counter(step) ". " } .parts { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; margin: .2rem 0 } .parts .succeeded::before { content: "✓ "; color: var(--good) }
.parts :not(.succeeded, .problem)::before { content: "✗ "; color: var(--bad) } .items { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: .4rem } .items li { padding: .35rem .9rem; margin: 0 } .items .pill { margin: 0 .5rem }
.calls li { display: grid; grid-template-columns: 5rem 5rem minmax(0, 1fr) 5rem; gap: 0 .8rem; padding: .3rem 0; border-bottom: 1px solid var(--line) } .calls li.cut, .timeline li.cut { display: block }
.calls .problem .sub { color: inherit }

@media (max-width: 45rem) {
  body { padding: 1rem .8rem 3rem } h1 { font-size: 1.35rem } .key { gap: .3rem 1.4rem }
  .timeline li { grid-template-columns: 4.5rem minmax(0, 1fr) auto } .bar { grid-column: 1 / -1; margin-top: .3rem }
  .calls li { grid-template-columns: 4.5rem 1fr } .calls li > div { grid-column: 1 / -1; grid-row: 2 } .calls li > :last-child { display: none }
  .facts > div { grid-template-columns: 1fr }
}
@media print {
  @page { margin: 14mm } html { font-size: 11px } body { max-width: none; padding: 0 }
  .card, .verdicts > li, .steps > li, .items li, .timeline li, .problems li, .tiles { break-inside: avoid } h2, h3, h4 { break-after: avoid }
  .run + .run { break-before: page } .pill, .problems, .card, rect, .media, .bar, .track { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  .cards { grid-template-columns: repeat(3, 1fr) } a, summary { color: var(--text) }
}
`
