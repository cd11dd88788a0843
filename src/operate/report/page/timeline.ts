import { second } from '../../../contract/time.js'
import type { RunFile } from '../caseFile.js'
import { type Html, html } from './html.js'
import { type Span, spansOf } from './spans.js'
import { clock, durationText } from './words.js'

/** Number of entries at each end of a long timeline. The JSON next to the page has everything. */
const shownAtEachEnd = 100

/** Shows what happened, in order, with a bar on the time of the run for what took time. */
export function timelineSection(run: RunFile, madeAt: string): Html {
  const spans = spansOf(run, Date.parse(madeAt))
  const from = Math.min(...spans.map(({ at }) => at))
  const length = Math.max(...spans.map(({ at, end = at }) => end)) - from || 1
  const cut = spans.length - 2 * shownAtEachEnd
  const entry = (span: Span) => entryOf(span, { from, length })
  return html`<h3>Timeline</h3><ol class="timeline">
${(cut > 0 ? spans.slice(0, shownAtEachEnd) : spans).map(entry)}
${cut > 0 && html`<li class="cut">${cut} more are in report.json</li>`}
${cut > 0 && spans.slice(-shownAtEachEnd).map(entry)}</ol>`
}

/** The width of a bar of something that took no time, in thousandths. */
const minWidth = 6

function entryOf(span: Span, { from, length }: { readonly from: number; readonly length: number }): Html {
  const { at, end, what, note, tone } = span
  const start = Math.min(((at - from) / length) * 1_000, 1_000 - minWidth)
  const width = Math.max((((end ?? at) - at) / length) * 1_000, minWidth)
  return html`<li class="${tone}">${clock(new Date(at).toISOString())}<div class="what">${what}
${note !== '' && html`<span class="sub">${note}</span>`}</div><span class="took">${tookText(span)}</span>
<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect x="${start.toFixed(1)}" width="${width.toFixed(1)}" height="10"/></svg></li>`
}

function tookText({ at, end, isOpen, isRough }: Span): string {
  if (end === undefined) return ''
  if (isRough && end - at < second) return 'under 1 s'
  return `${durationText(end - at)}${isOpen ? ' so far' : ''}`
}
