import { counted } from '../../../contract/counted.js'
import type { MediaFile, OutputFile, RunFile } from '../caseFile.js'
import { mediaKindOf } from '../media.js'
import { type Html, html } from './html.js'
import { type Player, playersOf, sourceOf } from './players.js'
import { bitRateText, fact, mediaTime, sizeText, typeName } from './words.js'

/** Shows every output as a card, those that are missing first. */
export function outputsSection(run: RunFile, number: number): Html | undefined {
  const { outputs } = run
  if (outputs.length === 0) return undefined
  const players = playersOf(run, number)
  const cards = (status: OutputFile['status']) =>
    outputs
      .filter((output) => output.status === status)
      .map((output) =>
        card(
          output,
          players.find((player) => player.output === output),
        ),
      )
  const counts = (['made', 'missing', 'open'] as const)
    .map((status) => ({ status, count: outputs.filter((output) => output.status === status).length }))
    .filter(({ count }) => count > 0)
  return html`<h3>Outputs</h3>
<p class="sub">${counts.map(({ status, count }) => `${count} ${status}`).join(', ')}</p>
<ul class="cards">${cards('missing')}${cards('open')}${cards('made')}</ul>`
}

function card(output: OutputFile, player: Player | undefined): Html {
  const { status, why, files } = output
  return html`<li class="card ${status}"><div class="media">${mediaOf(output, player)}</div>
<h4>${typeName(output)}</h4>
${status === 'missing' && html`<p class="problem"><strong>Missing.</strong> ${why}</p>`}
${status === 'made' && html`<p class="problem unloaded">Not loaded. The link may have expired.</p>`}
${status === 'made' && facts(output)}
${files.length > 0 && links(files)}</li>`
}

function mediaOf({ status, files }: OutputFile, player: Player | undefined): Html {
  if (status !== 'made') return html`<p>${status === 'missing' ? 'Missing' : 'Not made yet'}</p>`
  if (player?.kind === 'video')
    return html`<video id="${player.id}" controls preload="metadata" src="${player.source}"${player.poster !== undefined && html` poster="${player.poster}"`}></video>`
  if (player)
    return html`<audio id="${player.id}" controls preload="metadata" src="${player.source}"></audio>`
  const pictures = files.filter(({ url }) => mediaKindOf(url) === 'picture')
  if (pictures.length > 0) return picturesOf(pictures)
  return html`<p>${isPlaylist(files) ? 'HLS playlist: open it in a player' : 'No preview'}</p>`
}

/** The largest number of pictures in a card. The links have all. */
const maxPictures = 12

function picturesOf(pictures: readonly MediaFile[]): Html {
  const shown = pictures.slice(0, maxPictures).flatMap((file) => sourceOf(file) ?? [])
  const columns = shown.length === 1 ? 'one' : shown.length <= 4 ? 'few' : 'many'
  return html`<div class="pictures ${columns}">${shown.map(
    (source, index) => html`<img src="${source}" alt="Picture ${index + 1}" loading="lazy">`,
  )}</div>`
}

function isPlaylist(files: readonly MediaFile[]): boolean {
  return files.some(({ url }) => formatOf(url) === 'M3U8')
}

/** Shows what VOD says of an output: an HLS playlist or a cover has few of these facts. */
function facts({
  facts: { Size, Bitrate, Width, Height, Duration, VideoCodec, AudioCodec },
  files,
}: OutputFile) {
  const bytes = files.reduce((sum, file) => sum + (file.bytes ?? Number.NaN), 0)
  const size = known('Size', Size ?? bytes, sizeText)
  const dimensions = Width && Height ? fact('Dimensions', `${Width} × ${Height}`) : undefined
  const pictures = files.filter(({ url }) => mediaKindOf(url) === 'picture').length
  if (pictures > 0) return html`<dl>${fact('Pictures', `${pictures}`)}${dimensions}${size}</dl>`
  const codecs = [VideoCodec, AudioCodec].filter((codec) => codec !== undefined).join(' + ')
  return html`<dl>${size}${codecs !== '' && fact('Codec', codecs)}
${known('Bit rate', Bitrate, bitRateText)}${dimensions}${known('Length', Duration, mediaTime)}</dl>`
}

function known(name: string, value: number | undefined, text: (value: number) => string): Html | undefined {
  return value ? fact(name, text(value)) : undefined
}

/** A card shows one link; more of them are folded. */
function links(files: readonly MediaFile[]): Html {
  const problems = files.filter(({ copyProblem }) => copyProblem !== undefined).map(problemOf)
  const all = files.map(linkOf)
  return html`<div class="links">${
    all.length === 1
      ? all
      : html`<details><summary>${counted(files.length, 'link')}</summary>
${all.map((link) => html`<div>${link}</div>`)}</details>`
  }${problems}</div>`
}

function linkOf(file: MediaFile): Html {
  const source = sourceOf(file)
  const name = `${formatOf(file.url)} ${file.url.split(/[?#]/)[0]?.split('/').at(-1)}`.trim()
  return source === undefined
    ? html`<code>${file.url}</code>`
    : html`<a href="${source}" title="${file.url}">${name}</a>`
}

function formatOf(url: string): string {
  return (/\.(\w{2,5})(?:[?#]|$)/.exec(url)?.[1] ?? '').toUpperCase()
}

function problemOf({ copy, copyProblem }: MediaFile): Html {
  const kept = copy === undefined ? '' : '; the copy is from an earlier report'
  return html`<div class="problem">not copied: ${copyProblem}${kept}</div>`
}
