import { expect, it } from 'vitest'
import { watchNamespace } from '../../src/cli/watchNamespace.js'
import { TemporalUnreachableError } from '../../src/client/errors.js'

/** Temporal's answers in a row, each a gRPC status; 0 is good. */
function answering(...codes: number[]) {
  const looks = [...codes]
  const describeNamespace = async () => {
    const code = looks.shift() ?? 5
    if (code !== 0)
      throw Object.assign(new Error(`status ${code}`), { code, details: `status ${code}`, metadata: {} })
  }
  const said: { problem: string }[] = []
  const watched = watchNamespace({
    connection: {
      withDeadline: (_: number, ask: () => Promise<unknown>) => ask(),
      workflowService: { describeNamespace },
    } as never,
    address: 'temporal:7233',
    namespace: 'films',
    logger: { warn: (what: { problem: string }) => said.push(what) } as never,
    signal: new AbortController().signal,
    pauseMs: 1,
  })
  return { watched, said, left: looks }
}

it('ends at the second look in a row, not at the first', async () => {
  const { watched, left } = answering(5, 0, 5, 14, 5, 0, 5, 5, 0, 0)
  await expect(watched).rejects.toThrow(TemporalUnreachableError)
  expect(left).toEqual([0, 0])
})

it('names a refusal as what it is', async () => {
  const { watched, said } = answering(7)
  await expect(watched).rejects.toThrow(/no namespace "films"/)
  expect(said[0]?.problem).toMatch(/refuses access to the namespace "films"/)
})
