import { log, metricMeter } from '@temporalio/workflow'
import { meterWith } from '../../contract/metrics.js'
import type { UnreadSignalReason, UnreadSignals } from '../../contract/progress.js'
import { cut } from '../../contract/text.js'
import { withoutEncoding } from '../../contract/unopened.js'

/** Each workflow has its own module state: see the inbox. */
let unread: UnreadSignals | undefined

/** The longest problem that is kept, in characters. A converter may quote what it could not read. */
const maxProblem = 300

const sameKeys =
  'Give the callback service, the clients and the workers the same VODFLOW_PAYLOAD_KEYS, or the same dataConverter. vodflow doctor compares the keys.'

const remedies: Readonly<Record<UnreadSignalReason, string>> = {
  encrypted: sameKeys,
  unreadable: sameKeys,
  malformed:
    "Find the program that sends signals with names of vodflow, and let it use vodflow's client or callback handler.",
}

/** Returns the signals that this run has ignored. */
export function unreadSignals(): UnreadSignals | undefined {
  return unread
}

/** Notes a signal of vodflow that the data converter of this worker cannot read, for the reason in its message. */
export function noteUnreadable(signalName: string, message: string): void {
  const problem = withoutEncoding(message)
  note(signalName, problem === message ? 'unreadable' : 'encrypted', problem)
}

/** Notes a signal that was read, and is not what vodflow sends under its name. */
export function noteMalformed(signalName: string): void {
  note(signalName, 'malformed', 'its content does not have the format of this signal')
}

/** Counts every signal, and logs only the first one of a run, because anyone with access to the namespace can send many. */
function note(signalName: string, reason: UnreadSignalReason, text: string): void {
  const problem = cut(text, maxProblem)
  const isFirst = unread === undefined
  const remedy = remedies[reason]
  unread = { count: (unread?.count ?? 0) + 1, reason, problem, remedy }
  meterWith(metricMeter).count('unreadSignals', { reason })
  if (isFirst)
    log.warn('the run ignores a signal that it cannot read', { signalName, reason, problem, remedy })
}
