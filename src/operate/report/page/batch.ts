import type { BatchFile, ItemFile } from '../batchFile.js'
import { commandText } from '../commandText.js'
import { type Html, html } from './html.js'
import { clock, durationText, pill, type Tone, toneOf } from './words.js'

/** The largest number of items on the page. The JSON next to it has all. */
const maxItems = 200

/** Shows how many items ended in which way, and each item, those with a problem first. */
export function batchSection(batch: BatchFile | undefined): Html | undefined {
  if (!batch) return undefined
  const { items, plan } = batch
  const shown = [...items].sort((one, other) => rankOf(one) - rankOf(other)).slice(0, maxItems)
  const counts = countsOf(batch)
  return html`<h3>Items</h3>${plan && html`<dl class="tiles">${Object.entries(plan).map(([name, count]) => tile(name, count, 'calm'))}</dl>`}
${counts.length > 0 && html`<dl class="tiles">${counts.map(([status, count]) => tile(status, count, toneOf(status)))}</dl>${share(counts)}`}
${shown.length > 0 && html`<ul class="items">${shown.map(itemLine)}</ul>`}
${items.length > maxItems && html`<p class="sub">${items.length - maxItems} more are in report.json.</p>`}`
}

type Count = readonly [status: string, count: number]

/** A batch that has not ended has no counts, so its items are counted. */
function countsOf({ counts, items }: BatchFile): Count[] {
  if (counts) {
    const { skipped, missing, repeated, ended } = counts
    return Object.entries({ ...ended, missing, skipped, repeated }).filter(([, count]) => count > 0)
  }
  const statuses = [...new Set(items.map(({ status }) => status))]
  return statuses.map((status) => [status, items.filter((item) => item.status === status).length])
}

function tile(name: string, count: number, tone: Tone): Html {
  return html`<div class="${tone}"><dt>${name}<dd>${count}</div>`
}

function share(counts: readonly Count[]): Html {
  const all = counts.reduce((sum, [, count]) => sum + count, 0)
  let x = 0
  return html`<svg class="track" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${counts.map(
    ([status, count]) => {
      const from = x
      x += (count / all) * 1_000
      return html`<rect class="${toneOf(status)}" x="${from.toFixed(1)}" width="${(x - from).toFixed(1)}" height="10"/>`
    },
  )}</svg>`
}

const ranks: readonly Tone[] = ['bad', 'wait', 'good', 'calm']

function rankOf({ status }: ItemFile): number {
  return ranks.indexOf(toneOf(status))
}

function itemLine({ FileId, workflowId, status, startedAt, endedAt }: ItemFile): Html {
  const took = startedAt && endedAt ? durationText(Date.parse(endedAt) - Date.parse(startedAt)) : ''
  const isBad = toneOf(status) === 'bad' || status === 'partial' || status === 'unknown'
  return html`<li><code>${FileId}</code> ${pill(status)} <span class="sub">${startedAt && clock(startedAt)} ${took}</span>
${isBad && startedAt && html`<div class="sub"><code>${commandText('report', workflowId, '--copy')}</code></div>`}</li>`
}
