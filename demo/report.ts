import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Outcome, Part } from 'vodflow'
import type { Moment } from './timeline.js'

export interface Report {
  readonly outcome: Outcome
  readonly timeline: readonly Moment[]
  readonly workflowId: string
  /** The run in the Temporal UI. */
  readonly uiUrl: string
}

/**
 * Writes `report.html` into `folder`, and beside it, in `report/`, copies of what it shows: the page outlives
 * the local VOD.
 *
 * @returns the path of the page.
 */
export async function writeReport(folder: string, report: Report): Promise<string> {
  const files = join(folder, 'report')
  await rm(files, { recursive: true, force: true })
  await mkdir(files, { recursive: true })
  const shown = await Promise.all(
    report.outcome.tasks.flatMap(({ parts }) => parts.map((part) => keep(part, files))),
  )
  const page = join(folder, 'report.html')
  await writeFile(page, html(report, shown))
  return page
}

interface Shown {
  readonly part: Part
  /** Paths relative to the page. */
  readonly files: readonly string[]
}

const playable = /\.(jpe?g|png|gif|webp|mp4|vtt)$/i

async function keep(part: Part, folder: string): Promise<Shown> {
  const urls = part.urls.filter((url) => playable.test(new URL(url).pathname))
  const names = urls.map(async (url, index) => {
    const name = `${part.Type}-${part.Definition ?? 0}-${index}-${basename(new URL(url).pathname)}`
    const response = await fetch(url)
    if (!response.ok) throw new Error(`${url} answered ${response.status}`)
    await writeFile(join(folder, name), Buffer.from(await response.arrayBuffer()))
    return `report/${name}`
  })
  return { part, files: await Promise.all(names) }
}

function html({ outcome, timeline, workflowId, uiUrl }: Report, shown: readonly Shown[]): string {
  const of = (Type: string) => shown.filter(({ part }) => part.Type === Type)
  const images = (Type: string) =>
    of(Type).flatMap(({ files }) => files.filter((file) => !/\.(vtt|mp4)$/.test(file)))
  const video = of('Transcode')
    .flatMap(({ files }) => files)
    .at(-1)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(outcome.FileId)}: ${outcome.status}</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
  body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
  h1 small { font-weight: normal; opacity: .7 }
  h2 { margin: 2rem 0 .5rem }
  video, .cover img { width: min(100%, 40rem); border-radius: 8px; background: #000 }
  .sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: .5rem }
  .sheet img { width: 100%; border-radius: 6px }
  .sprite img { width: 100%; height: 14rem; object-fit: cover; object-position: top left; border-radius: 6px }
  .verdict { display: inline-block; padding: .2rem .8rem; border-radius: 1rem; color: #fff; background: #777 }
  .verdict.pass { background: #1a7f37 } .verdict.review { background: #9a6700 } .verdict.block { background: #cf222e }
  table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #8884 }
  td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
  code { overflow-wrap: anywhere }
</style>
<h1>${text(outcome.FileId)} <small id="status">${outcome.status}</small></h1>
<p id="reason">${text(outcome.reason)}</p>
<table>
  ${row('Workflow', `<a href="${text(uiUrl)}"><code>${text(workflowId)}</code></a>`)}
  ${row('TaskId', code(outcome.TaskId))}
  ${row('ReviewAudioVideoTaskId', code(outcome.ReviewAudioVideoTaskId))}
  ${row('SessionId', outcome.attempts.map(({ SessionId }) => code(SessionId)).join(', '))}
</table>
<h2>Moderation</h2>
${verdict(outcome)}
<h2>Transcode</h2>
${video ? `<video id="transcode" controls preload="auto" src="${text(video)}"></video>` : '<p>None.</p>'}
<h2>Cover</h2>
<div class="cover">${pictures(images('CoverBySnapshot'))}</div>
<h2>Snapshots</h2>
<div class="sheet" id="snapshots">${pictures([...images('SnapshotByTimeOffset'), ...images('SampleSnapshot')])}</div>
<h2>Sprite</h2>
<div class="sprite" id="sprite">${pictures(images('ImageSprites'))}</div>
<h2>Outputs</h2>
<table>
  <tr><th>Type</th><th>Definition</th><th>Status</th><th>Output</th></tr>
  ${shown.map(({ part }) => outputRow(part)).join('\n  ')}
</table>
<h2>Timeline</h2>
<table id="timeline">
  ${timeline.map(({ atMs, what }) => `<tr><td class="n">${atMs} ms</td><td>${text(what)}</td></tr>`).join('\n  ')}
</table>
</html>
`
}

function verdict({ moderation }: Outcome): string {
  if (!moderation) return '<p id="moderation">Not asked for.</p>'
  const { Suggestion, Label, cover, segments } = moderation
  const segment = segments.map(
    (s) => `${s.StartTimeOffset} to ${s.EndTimeOffset} s: ${s.Suggestion} ${s.Label} (${s.Confidence})`,
  )
  return `<p id="moderation"><span class="verdict ${text(Suggestion)}">${text(Suggestion)}</span> ${text(Label)}
${cover ? `Cover: ${text(cover.Suggestion)} ${text(cover.Label)}` : ''}</p>
${segment.length > 0 ? `<ul>${segment.map((line) => `<li>${text(line)}`).join('')}</ul>` : ''}`
}

function outputRow({ Type, Definition, status, Output, urls }: Part): string {
  const size = Output.Width && Output.Height ? `${Output.Width} x ${Output.Height}` : ''
  const links = urls.map((url) => `<code>${text(url)}</code>`).join('<br>')
  return `<tr><td>${text(Type)}</td><td>${Definition ?? ''}</td><td>${status}</td><td>${size} ${links}</td></tr>`
}

function pictures(files: readonly string[]): string {
  return files.length === 0
    ? '<p>None.</p>'
    : files.map((file) => `<img src="${text(file)}" alt="">`).join('')
}

function row(name: string, value: string): string {
  return `<tr><th>${name}</th><td>${value}</td></tr>`
}

function code(value: string): string {
  return value === '' ? 'none' : `<code>${text(value)}</code>`
}

function text(value: string): string {
  return value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
