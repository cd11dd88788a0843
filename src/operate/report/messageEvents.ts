import { decideUpdate, gateOfSummary, readDeadlineSummary } from '../../contract/gates.js'
import { asHint, hintSignal } from '../../contract/hint.js'
import { itemEndedSignal } from '../../contract/itemEnded.js'
import type { EventReaders } from './eventReader.js'
import { Decided, ItemEnded } from './schemas.js'

/** Readers of the events of what a run waits for: timers, signals and updates. */
export const messageReaders: EventReaders = {
  async timerStartedEventAttributes({ waits, lines }, { timerId, startToFireTimeout }, context) {
    const { at, eventId } = context
    const until = new Date(Date.parse(at) + Number(startToFireTimeout?.seconds ?? 0) * 1000).toISOString()
    const summary = await context.summary()
    const what = `waits: ${summary || 'a timer'}`
    const gate = gateOfSummary(summary)
    const ofGate = gate === undefined ? {} : { gate }
    const wait = { at, eventId, kind: 'wait' as const, until, state: 'open' as const, ...ofGate, what }
    waits.set(timerId ?? '', { wait, decides: readDeadlineSummary(summary) })
    lines.push(wait)
  },
  timerFiredEventAttributes({ waits, lines }, { timerId }, { at, eventId }) {
    const timer = waits.get(timerId ?? '')
    if (!timer) return
    timer.wait.state = 'over'
    if (!timer.decides) return
    const { gate, decision } = timer.decides
    const what = `the deadline of the gate "${gate}" passed: ${decision}`
    const by = 'deadline'
    lines.push({ at, eventId, kind: 'decision', gate, decidedBy: by, by, decision, reason: '', what })
  },
  timerCanceledEventAttributes({ waits }, { timerId }) {
    Object.assign(waits.get(timerId ?? '')?.wait ?? {}, { state: 'canceled' })
  },

  async workflowExecutionSignaledEventAttributes({ lines, ends }, { signalName, identity, input }, context) {
    const { at, eventId } = context
    const name = signalName ?? ''
    const from = identity ?? ''
    const said = await context.first(input)
    const hint = name === hintSignal ? asHint(said) : undefined
    if (hint) {
      const { TaskId, terminal, via = '' } = hint
      const what = `${hintSources[via] ?? 'a hint'}: ${TaskId} ${terminal ? 'has ended' : 'goes on'}`
      lines.push({ at, eventId, kind: 'hint', via, TaskId, terminal, what })
      return
    }
    const item = name === itemEndedSignal ? ItemEnded.parse(said) : undefined
    if (item) ends.push({ at, item })
    const what = item ? `item ${item.FileId} ended ${item.status}` : `signal ${name} of ${from}`
    lines.push({ at, eventId, kind: 'signal', name, from, what })
  },
  async workflowExecutionUpdateAcceptedEventAttributes({ lines }, { acceptedRequest }, context) {
    const { at, eventId } = context
    const name = acceptedRequest?.input?.name ?? ''
    const from = acceptedRequest?.meta?.identity ?? ''
    const said = await context.first(acceptedRequest?.input?.args)
    const decided = name === decideUpdate ? Decided.safeParse(said).data : undefined
    if (decided) {
      const { gate, decision, reason } = decided
      const by = decided.by || from
      const what = `${by} decided at the gate "${gate}": ${decision}${reason ? ` (${reason})` : ''}`
      // A gate accepts no decision after its deadline, so the deadline passed at the same moment and decided nothing.
      const idle = lines.findIndex(
        (line) =>
          'kind' in line && line.kind === 'decision' && line.gate === gate && line.decidedBy === 'deadline',
      )
      if (idle >= 0) lines.splice(idle, 1)
      lines.push({ at, eventId, kind: 'decision', gate, decidedBy: 'person', by, decision, reason, what })
    } else lines.push({ at, eventId, kind: 'signal', name, from, what: `update ${name} of ${from}` })
  },
}

const hintSources: Readonly<Record<string, string>> = {
  push: 'an event was pushed',
  pull: 'an event was pulled',
  sweep: 'the sweep saw it',
}
