import { defaultPayloadConverter } from '@temporalio/common'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  deadlineSummary,
  decideUpdate,
  gateOfSummary,
  readDeadlineSummary,
  reminderSummary,
} from '../../../src/contract/gates.js'
import { takeEvent } from '../../../src/operate/report/events.js'
import { newRun } from '../../../src/operate/report/runBuilder.js'
import type { HistoryEvent } from '../../../src/temporal/historyPages.js'
import { payloadReader } from '../../../src/temporal/payloads.js'

const read = payloadReader({
  loadedDataConverter: { payloadCodecs: [], payloadConverter: defaultPayloadConverter },
})
const payload = (value: unknown) => defaultPayloadConverter.toPayload(value)
const decisions = fc.constantFrom('approved' as const, 'rejected' as const)

const started = (summary: string) => ({
  userMetadata: { summary: payload(summary) },
  timerStartedEventAttributes: { timerId: '1' },
})
const fired = { timerFiredEventAttributes: { timerId: '1' } }
const decided = (name: string, decision: string) => ({
  workflowExecutionUpdateAcceptedEventAttributes: {
    acceptedRequest: {
      input: { name, args: { payloads: [payload({ gate: 'film', decision, by: 'ada', reason: 'r' })] } },
    },
  },
})

/** The decisions that a case file has of some events. */
async function decisionsOf(...events: HistoryEvent[]) {
  const run = newRun({ namespace: 'default', workflowId: 'film' })
  for (const [index, event] of events.entries())
    await takeEvent(run, { eventId: index + 1, ...event } as never, read)
  return run.lines.filter((line) => 'kind' in line && line.kind === 'decision')
}

describe('the deadline of a gate', () => {
  it('is read from what the workflow wrote, for every name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), decisions, (gate, decision) => {
        expect(readDeadlineSummary(deadlineSummary({ gate, decision }))).toEqual({ gate, decision })
      }),
    )
  })

  it('is read of a long or unreadable name as it is shown, from a summary that Temporal takes', () => {
    for (const gate of ['a\nb\u202e', '"'.repeat(200), '门'.repeat(200), '\u0000'.repeat(200)]) {
      const summary = deadlineSummary({ gate, decision: 'rejected' })
      expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThanOrEqual(400)
      const shown = summary.replace('review gate ', '').replace(': until its deadline, then rejected', '')
      expect(readDeadlineSummary(summary)).toEqual({ gate: shown, decision: 'rejected' })
    }
    expect(readDeadlineSummary(deadlineSummary({ gate: 'a\nb', decision: 'approved' }))?.gate).toBe('a b')
  })

  it('and its reminders name the gate', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), decisions, (gate, decision) => {
        expect(gateOfSummary(reminderSummary(gate, 'reminder'))).toBe(gate)
        expect(gateOfSummary(deadlineSummary({ gate, decision }))).toBe(gate)
        expect(readDeadlineSummary(reminderSummary(gate, 'escalated'))).toBeUndefined()
      }),
    )
    for (const summary of ['', 'look 1 of 5', 'review gate film', 'until the next reminder'])
      expect(gateOfSummary(summary)).toBeUndefined()
  })

  it('is not read from another timer', () => {
    for (const summary of [
      '',
      'review gate film: until the next reminder',
      'review gate : until its deadline, then perhaps',
    ])
      expect(readDeadlineSummary(summary)).toBeUndefined()
  })

  it.each(['approved', 'rejected'] as const)('that passed has %s', async (decision) => {
    const lines = await decisionsOf(started(deadlineSummary({ gate: 'film', decision })), fired)
    expect(lines).toMatchObject([
      {
        gate: 'film',
        decidedBy: 'deadline',
        by: 'deadline',
        decision,
        what: `the deadline of the gate "film" passed: ${decision}`,
      },
    ])
  })

  it('that passed in the moment of a decision has decided nothing', async () => {
    const deadline = started(deadlineSummary({ gate: 'film', decision: 'rejected' }))
    const lines = await decisionsOf(deadline, fired, decided(decideUpdate, 'approved'))
    expect(lines).toMatchObject([{ gate: 'film', decidedBy: 'person', by: 'ada', decision: 'approved' }])
  })
})

it('an update of another name, or with another word, is no decision at a gate', async () => {
  expect(await decisionsOf(decided('theirs', 'approved'))).toEqual([])
  expect(await decisionsOf(decided(decideUpdate, 'perhaps'))).toEqual([])
})
