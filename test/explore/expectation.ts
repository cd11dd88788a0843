import type { Case, Disturbance, Kind } from './dimensions.js'

/*
 * What is right, as docs/compose.md has it under "How each is found again after a lost answer". Nothing here is taken from code.
 */

interface Row {
  /** How the task of a lost answer is found. `event`: only by an event that names it, else the outcome is `unknown`. */
  readonly found: 'listing' | 'media' | 'event'
  /** What brings the end of a known task when its event is lost. */
  readonly mended: 'sweep' | 'looks'
}

const listed: Row = { found: 'listing', mended: 'sweep' }
const unlisted: Row = { found: 'event', mended: 'looks' }

const table: Readonly<Record<Kind, Row>> = {
  processMediaByProcedure: listed,
  'processMediaByProcedure+review': listed,
  processMedia: listed,
  'editMedia+flow': listed,
  reviewAudioVideo: listed,
  pullUpload: { found: 'media', mended: 'looks' },
  'pullUpload+flow': { found: 'media', mended: 'looks' },
  'splitMedia+flows': unlisted,
  composeMedia: unlisted,
}

/** What the run that reports could know, from what the wire and Temporal saw. */
export interface Facts {
  /** VOD's answer to the last send named the task, and arrived. */
  readonly heard: boolean
  /** An event about the case has reached the run. */
  readonly named: boolean
}

/** `truth`: what the books of VOD say. `unknown`: the API cannot show the task to this run. */
export function expected(explored: Case, { heard, named }: Facts): 'truth' | 'unknown' {
  return heard || named || !needsName(explored) ? 'truth' : 'unknown'
}

/** Only an event can name a task of this kind to a run that did not hear the answer. */
export function needsName({ kind }: Case): boolean {
  return table[kind].found === 'event'
}

const second = 1_000
const never = 6 * 3_600 * second
const quick = [1.5, 3, 5, 8, 12, 16, 20, 25, 30, 40, 50, 60, 80, 100, 130, 160, 200, 300, 400, 600, 900].map(
  (s) => s * second,
)

/** When the step looks by itself: only where the case wants looks, or where nothing else can bring the end any more. */
export function delaysOf(explored: Case): Readonly<Record<string, number | readonly number[]>> {
  const { kind, net, disturbance } = explored
  const looks = net === 'look' || takesEventsAway(disturbance)
  const unlistedLooks = looks || (net === 'sweep' && table[kind].mended === 'looks')
  return {
    looks: looks ? quick : [never],
    unlistedLooks: unlistedLooks ? quick : [never],
    lookJitter: 0,
    lag: [100, 300, 1_000, 3_000],
    listings: [200, 500, 1_000],
    listingsGiveUp: 30 * second,
    ...(mayEndUnknown(explored) ? { overdue: 20 * second, giveUp: 60 * second } : {}),
  }
}

/** The event, or the hint of the sweep, has gone to a run that is not the one that reports, and does not come again. */
function takesEventsAway(disturbance: Disturbance): boolean {
  switch (disturbance.do) {
    case 'reset':
      return disturbance.signals === 'excluded'
    case 'resetParent':
    case 'retry':
      return true
    default:
      return false
  }
}

/** A sought task is given up when VOD would no longer show it: that is after 72 hours, or soon. */
export function mayEndUnknown(explored: Case): boolean {
  const { answer, disturbance } = explored
  if (!needsName(explored)) return false
  return answer !== 'answered' || sendsAgain(disturbance)
}

function sendsAgain(disturbance: Disturbance): boolean {
  switch (disturbance.do) {
    case 'nothing':
      return false
    case 'reset':
    case 'resetParent':
      return disturbance.task === 1
    default:
      return true
  }
}
