import { expect, it } from 'vitest'
import { watchNamespace } from '../../src/cli/watchNamespace.js'
import { grpc } from '../../src/temporal/grpc.js'

type Connection = Parameters<typeof watchNamespace>[0]['connection']

/** Watches a Temporal that gives these answers, then none but good ones. */
function watching(answers: readonly (number | 'well')[]) {
  const left = [...answers]
  const over = new AbortController()
  const lines: Record<string, unknown>[] = []
  let looks = 0
  const describeNamespace = async () => {
    looks++
    const answer = left.shift() ?? 'well'
    // As grpc-js gives it.
    if (answer !== 'well')
      throw Object.assign(new Error(`status ${answer}`), { code: answer, details: '', metadata: {} })
    if (left.length === 0) over.abort()
    return {}
  }
  const connection = {
    withDeadline: (_: unknown, call: () => Promise<unknown>) => call(),
    workflowService: { describeNamespace },
  } as unknown as Connection
  const logger = { info: () => {}, warn: (fields: object) => void lines.push({ ...fields }) }
  const watched = watchNamespace(
    { connection, address: 'there:7233', namespace: 'ours', logger, signal: over.signal },
    1,
  )
  return { watched, lines, looks: () => looks }
}

it('a namespace that is missing at the first look ends the watching', async () => {
  const { watched, looks } = watching([grpc.notFound])
  await expect(watched).rejects.toThrow('has no namespace "ours"')
  expect(looks()).toBe(1)
})

it('one answer that there is none does not end it later, two in a row do', async () => {
  await watching(['well', grpc.notFound, 'well', grpc.notFound, 'well']).watched
  await watching(['well', grpc.notFound, grpc.unavailable, grpc.notFound, 'well']).watched
  const { watched, looks } = watching(['well', grpc.notFound, grpc.notFound, 'well'])
  await expect(watched).rejects.toThrow('has no namespace "ours"')
  expect(looks()).toBe(3)
})

it('what is wrong is said once for each change, in words of its own', async () => {
  const { watched, lines } = watching([
    grpc.unavailable,
    grpc.unavailable,
    grpc.permissionDenied,
    grpc.permissionDenied,
    'well',
    grpc.unavailable,
    'well',
  ])
  await watched
  const notThere = expect.stringMatching(/does not answer at there:7233.*TEMPORAL_ADDRESS/)
  const refused = expect.stringMatching(/denies access to the namespace "ours".*TEMPORAL_API_KEY/)
  expect(lines.map(({ problem }) => problem)).toEqual([notThere, refused, notThere])
})
