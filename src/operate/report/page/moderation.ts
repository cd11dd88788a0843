import { worstFirst } from '../../../contract/moderation.js'
import type { RunFile, VerdictRow } from '../caseFile.js'
import { webAddress } from '../media.js'
import { type Html, html } from './html.js'
import { type Player, playersOf } from './players.js'
import { clock, mediaTime, pill, toneOf, verdictPill } from './words.js'

/** Shows the worst verdict, then each verdict with what was found and when in the media, and the decisions at review gates. */
export function moderationSection(run: RunFile, number: number): Html | undefined {
  const { verdicts, moments, tasks } = run
  const decisions = moments.filter((moment) => moment.kind === 'decision')
  if (verdicts.length === 0 && decisions.length === 0) return undefined
  const players = playersOf(run, number)
  const saidAt = (verdict: VerdictRow) =>
    tasks.find(({ TaskId }) => TaskId === verdict.TaskId)?.FinishTime ?? ''
  const [worst] = worstFirst(verdicts)
  return html`<h3 id="run-${number}-moderation">Moderation</h3>
${worst && html`<p class="moderation">${verdictPill(worst)} ${worst.Label}</p>`}
<ul class="verdicts">${verdicts.map((verdict) =>
    verdictItem(verdict, saidAt(verdict), playerFor(verdict, players)),
  )}
${decisions.map(
  ({ at, what, decision }) =>
    html`<li class="decision">${pill(decision)} ${what} <span class="sub">at ${clock(at)}</span></li>`,
)}</ul>`
}

/** All outputs of a media file have its times. One with a known length is preferred. */
function playerFor({ FileId }: VerdictRow, players: readonly Player[]): Player | undefined {
  const own = players.filter(({ output }) => output.FileId === FileId)
  return own.find(({ output }) => output.facts.Duration !== undefined) ?? own[0]
}

function verdictItem(verdict: VerdictRow, at: string, player: Player | undefined): Html {
  const { of, Label, segments } = verdict
  const length = player?.output.facts.Duration
  return html`<li class="verdict"><strong>${of}</strong> ${verdictPill(verdict)} ${Label}
${at !== '' && html`<span class="sub">at ${clock(at)}</span>`}
${segments.length > 0 && length !== undefined && track(segments, length)}
${segments.length > 0 && html`<ul class="segments">${segments.map((segment) => segmentItem(segment, player))}</ul>`}</li>`
}

type Segment = VerdictRow['segments'][number]

/** Shows the segments on the length of the media. */
function track(segments: readonly Segment[], length: number): Html {
  return html`<svg class="track" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${segments.map(
    ({ StartTimeOffset, EndTimeOffset, Suggestion }) => {
      const from = (StartTimeOffset / length) * 1_000
      const width = Math.max(((EndTimeOffset - StartTimeOffset) / length) * 1_000, 6)
      return html`<rect class="${toneOf(Suggestion ?? '')}" x="${from.toFixed(1)}" width="${width.toFixed(1)}" height="10"/>`
    },
  )}</svg>`
}

function segmentItem(segment: Segment, player: Player | undefined): Html {
  const { StartTimeOffset, EndTimeOffset, Suggestion, Label, Confidence, Text, Url } = segment
  const span =
    EndTimeOffset > StartTimeOffset
      ? `${mediaTime(StartTimeOffset)} to ${mediaTime(EndTimeOffset)}`
      : mediaTime(StartTimeOffset)
  const picture = webAddress(Url ?? '')?.href
  return html`<li>${player ? seekLink(player, segment, span) : span} ${Suggestion !== undefined && pill(Suggestion)} ${Label}
<span class="sub">confidence ${Confidence}</span> ${Text}
${picture !== undefined && html`<a href="${picture}">picture</a>`}</li>`
}

/** The fragment makes a browser without scripts open the file at this time. */
function seekLink({ id, source }: Player, { StartTimeOffset }: Segment, span: string): Html {
  const address = `${source.split('#')[0]}#t=${StartTimeOffset}`
  return html`<a href="${address}" data-player="${id}" data-at="${StartTimeOffset}">${span}</a>`
}
