import type { Client } from '@temporalio/client'
import { expect, it } from 'vitest'
import { ask } from '../../../src/operate/audit/ask.js'
import type { AuditFinding } from '../../../src/operate/audit/findings.js'

const address = { namespace: 'default', account: 'default', workflowId: 'theirs', chain: 'c', SessionId: 's' }
const finding = {
  kind: 'finishedButWaiting',

  TaskId: 't',
  address,
} as unknown as AuditFinding

/** A workflow that answers a query in its own way. */
function answering(answer: unknown): Client {
  const handle = { query: async () => answer }
  return {
    workflow: { getHandle: () => handle },
    withDeadline: (_: number, call: () => unknown) => call(),
  } as unknown as Client
}

it('a run that has read its task waits for it no longer', async () => {
  const tasks = [{ TaskId: 't', Status: 'FINISH', percent: 100 }]
  const progress = { phase: 'waiting', attempt: 1, percent: 100, tasks }
  expect(await ask(answering(progress), finding, { tasks: [], runs: [] })).toBeUndefined()
  expect(await ask(answering({ ...progress, tasks: [] }), finding, { tasks: [], runs: [] })).toBe(finding)
})

it.each([{ phase: 'settled' }, { phase: 'waiting' }, 'settled', 7])(
  'the answer %j is none',
  async (answer) => {
    expect(await ask(answering(answer), finding, { tasks: [], runs: [] })).toEqual({
      workflowId: 'theirs',
      TaskId: 't',
      why: expect.stringMatching(
        /^its workflow's answer to the query "vodflow\.progress" does not have vodflow's format \(at [\w ]+\)$/,
      ),
    })
  },
)
