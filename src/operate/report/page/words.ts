import { hour, minute, second } from '../../../contract/time.js'
import { type Html, html } from './html.js'

/** Returns a number with three digits and its unit, e.g. `2.03 MB`. */
export function inUnit(value: number, units: readonly [string, ...string[]]): string {
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3))
  return `${Number((value / 1_000 ** power).toPrecision(3))} ${units[power]}`
}

export function sizeText(bytes: number): string {
  return inUnit(bytes, ['B', 'kB', 'MB', 'GB', 'TB'])
}

export function bitRateText(bitsPerSecond: number): string {
  return inUnit(bitsPerSecond, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'])
}

/** Returns how long something took. */
export function durationText(ms: number): string {
  if (ms < second) return `${Math.round(ms)} ms`
  if (ms < 2 * minute) return `${(ms / second).toFixed(1)} s`
  return ms < 2 * hour ? `${(ms / minute).toFixed(1)} min` : `${(ms / hour).toFixed(1)} h`
}

/** Returns a time in a media file as a player shows it, e.g. `1:02:03` or `0:08.5`. */
export function mediaTime(seconds: number): string {
  const tenths = Math.round(seconds * 10)
  const whole = Math.floor(tenths / 10)
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60]
  const rest = `${String(whole % 60).padStart(2, '0')}${tenths % 10 === 0 ? '' : `.${tenths % 10}`}`
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`
}

/** Returns a time of day, in UTC. The element has the whole time. */
export function clock(at: string): Html {
  return html`<time datetime="${at}" title="${at}">${/T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at}</time>`
}

/** Returns a date and a time of day, in UTC. */
export function dateAndClock(at: string): Html {
  return html`<time datetime="${at}" title="${at}">${at.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC')}</time>`
}

/** How good a status, decision or verdict is. */
export type Tone = 'good' | 'wait' | 'bad' | 'calm'

const tones: Readonly<Record<string, Tone>> = {
  succeeded: 'good',
  completed: 'good',
  pass: 'good',
  approved: 'good',
  accepted: 'good',
  running: 'wait',
  partial: 'wait',
  review: 'wait',
  unknown: 'wait',
  doubtful: 'wait',
  failed: 'bad',
  aborted: 'bad',
  block: 'bad',
  rejected: 'bad',
  refused: 'bad',
  missing: 'bad',
  'no verdict': 'bad',
  canceled: 'bad',
  terminated: 'bad',
  'timed out': 'bad',
}

export function toneOf(status: string): Tone {
  const word = status.toLowerCase()
  return Object.hasOwn(tones, word) ? (tones[word] as Tone) : 'calm'
}

export function pill(status: string, tone = toneOf(status)): Html {
  return html`<span class="pill ${tone}">${status}</span>`
}

/** A verdict that was asked for and is missing is not good. */
export function verdictPill({ Suggestion }: { readonly Suggestion?: string | undefined }): Html {
  return pill(Suggestion ?? 'no verdict')
}

/** Returns VOD's name of a type, which a line may break between its words. */
export function typeName({
  Type,
  Definition,
}: {
  readonly Type: string
  readonly Definition?: number | undefined
}): Html {
  return html`${Type.split(/(?=[A-Z])/).map((word, index) => (index === 0 ? word : html`<wbr>${word}`))} ${Definition}`
}

/** Returns one line of a list of facts. */
export function fact(name: string, value: string | Html): Html {
  return html`<div><dt>${name}<dd>${value}</div>`
}
