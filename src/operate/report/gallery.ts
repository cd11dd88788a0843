import type { OutputFile } from './caseFile.js'
import { type Html, html } from './html.js'
import { mediaKindOf, webAddress } from './media.js'

/** Above it the rest is in the table only. */
const maxShown = 60

/** What can be looked at and played. */
export function mediaSheet(outputs: readonly OutputFile[]): Html {
  const shown = outputs.flatMap((output) => elementOf(output) ?? []).slice(0, maxShown)
  return html`<div class="sheet">${shown}</div>`
}

function elementOf(output: OutputFile): Html | undefined {
  const source = output.copy ?? webAddress(output.url)?.href
  if (source === undefined) return undefined
  const caption = html`<figcaption>${output.Type} ${output.Definition}</figcaption>`
  switch (mediaKindOf(output.url)) {
    case 'picture':
      return html`<figure><img src="${source}" alt="${output.Type}" loading="lazy">${caption}</figure>`
    case 'video':
      return html`<figure><video controls preload="metadata" src="${source}"></video>${caption}</figure>`
    case 'sound':
      return html`<figure><audio controls preload="metadata" src="${source}"></audio>${caption}</figure>`
    default:
      return undefined
  }
}

export function outputTable(outputs: readonly OutputFile[]): Html {
  return html`<details><summary>${outputs.length} addresses</summary><table class="outputs"><tr><th>Output<th>Address</tr>
${outputs.map(
  (output) => html`<tr><td>${output.Type} ${output.Definition}<td>${addressOf(output)}
${problemOf(output)}</tr>`,
)}</table></details>`
}

function problemOf({ copy, copyProblem }: OutputFile): Html | undefined {
  if (copyProblem === undefined) return undefined
  const kept = copy === undefined ? '' : '; the copy is from an earlier report'
  return html`<div class="problem">not copied: ${copyProblem}${kept}</div>`
}

function addressOf({ url, copy }: OutputFile): Html {
  const target = copy ?? webAddress(url)?.href
  return target === undefined ? html`<code>${url}</code>` : html`<a href="${target}"><code>${url}</code></a>`
}
