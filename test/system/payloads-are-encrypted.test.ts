import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../../src/cli/dev/stack.js'
import { connect, payloadEncryption } from '../../src/client/index.js'
import { vodflow as command } from '../cli/cli.js'
import { transcodeOnly } from '../support/system.js'

const key = (id: string) => `${id}:${randomBytes(32).toString('hex')}`
const [k1, k2] = [key('k1'), key('k2')]

let stack: Stack | undefined
afterEach(() => stack?.close())

async function start(keys: string, waitingTime = 0): Promise<{ stack: Stack; FileId: string }> {
  stack = await startStack({
    vod: { media: 'instant', waitingTime },
    worker: { sweep: false },
    dataConverter: payloadEncryption(keys),
  })
  await stack.vodClient.call('CreateProcedureTemplate', transcodeOnly)
  const path = join(await mkdtemp(join(tmpdir(), 'vodflow-')), 'clip.mp4')
  await writeFile(path, '')
  return { stack, FileId: (await stack.vod.upload(path, { name: 'clip' })).FileId }
}

const client = ({ temporal }: Stack, keys: string) =>
  connect({ address: temporal.address, dataConverter: payloadEncryption(keys) })

/** Everything of a run that Temporal's server can read, as it lies there. */
async function atTheServer({ temporal }: Stack, workflowId: string): Promise<string> {
  const plain = await connect({ address: temporal.address })
  try {
    const { history } = await plain.client.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId },
    })
    return (history?.events ?? []).flatMap((event) => bytesIn(event)).join('\n')
  } finally {
    await plain.close()
  }
}

/** The data of every payload, wherever it is. */
function bytesIn(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(bytesIn)
}

it('a whole job: no payload at the server can be read', async () => {
  const { stack: up, FileId } = await start(k1)
  const vodflow = await client(up, k1)
  const run = await vodflow.process({ FileId, ProcedureName: 'one', SessionContext: 'my-own-context' })
  const outcome = await run.result()
  expect(outcome).toMatchObject({ status: 'succeeded', endedBy: 'push', SessionContext: 'my-own-context' })
  expect(await run.progress())?.toMatchObject({ phase: 'settled' })
  expect(
    await vodflow.process({ FileId, ProcedureName: 'one', SessionContext: 'my-own-context' }),
  ).toMatchObject({ attached: true })
  // What activities start is encrypted too.
  const batch = await vodflow.batches.start(
    { source: { FileIds: [FileId] }, ProcedureName: 'one' },
    { workflowId: 'films' },
  )
  expect(await batch.result()).toMatchObject({ counts: { skipped: 1 } })
  expect(await atTheServer(up, 'films')).not.toContain(FileId)
  const again = await vodflow.batches.start(
    {
      source: { FileIds: [FileId] },
      ProcedureName: 'one',
      skipDone: false,
    },
    { workflowId: 'again' },
  )
  expect(await again.result()).toMatchObject({ counts: { ended: { succeeded: 1 } } })
  expect(await atTheServer(up, `again/${FileId}`)).not.toContain(outcome.TaskId)
  const seen = await atTheServer(up, run.workflowId)
  expect(seen).toContain('binary/encrypted')
  for (const word of ['my-own-context', outcome.TaskId, outcome.attempts[0]?.SessionId ?? '', 'succeeded'])
    expect(seen).not.toContain(word)
  await vodflow.close()
})

it('the same without encryption has them: the test can see them', async () => {
  stack = await startStack({ vod: { media: 'instant' }, worker: { sweep: false } })
  await stack.vodClient.call('CreateProcedureTemplate', transcodeOnly)
  const path = join(await mkdtemp(join(tmpdir(), 'vodflow-')), 'clip.mp4')
  await writeFile(path, '')
  const { FileId } = await stack.vod.upload(path, { name: 'clip' })
  const vodflow = await connect({ address: stack.temporal.address })
  const run = await vodflow.process({ FileId, ProcedureName: 'one', SessionContext: 'my-own-context' })
  await run.result()
  expect(await atTheServer(stack, run.workflowId)).toContain('my-own-context')
  await vodflow.close()
})

describe('keys', () => {
  it('rotate: what was written with k1 is read with k2,k1, also by the command line', async () => {
    const { stack: up, FileId } = await start(`${k2},${k1}`)
    const old = await client(up, `${k1},${k2}`)
    const run = await old.process({ FileId, ProcedureName: 'one' })
    const outcome = await run.result()
    const vodflow = await client(up, `${k2},${k1}`)
    expect(await (await vodflow.attach(run.workflowId)).result()).toEqual(outcome)
    const status = await command(['status', run.workflowId, '--json'], {
      ...up.environment,
      VODFLOW_PAYLOAD_KEYS: `${k2},${k1}`,
    })
    expect(JSON.parse(status.stdout).runs[0].outcome).toEqual(outcome)
    await old.close()
    await vodflow.close()
  })

  it('a reader without them is told which key is missing, and how to fix it', async () => {
    const { stack: up, FileId } = await start(k1)
    const vodflow = await client(up, k1)
    const run = await vodflow.process({ FileId, ProcedureName: 'one' })
    await run.result()
    const stranger = await client(up, k2)
    const missing = /encrypted with key "k1", which is not configured here; set VODFLOW_PAYLOAD_KEYS/
    const found = await stranger.attach(run.workflowId)
    await expect(found.result()).rejects.toThrow(missing)
    await expect(found.result()).rejects.toMatchObject({ name: 'UnreadableError' })
    await expect(stranger.process({ FileId, ProcedureName: 'one' })).rejects.toThrow(missing)
    const wrong = await client(up, `k1:${'0'.repeat(64)}`)
    await expect((await wrong.attach(run.workflowId)).result()).rejects.toThrow(/another key with this id/)
    await Promise.all([vodflow, stranger, wrong].map((each) => each.close()))
  })

  it('a command without any is told where they go', async () => {
    const { stack: up, FileId } = await start(k1)
    const vodflow = await client(up, k1)
    const { workflowId, ...run } = await vodflow.process({ FileId, ProcedureName: 'one' })
    await vodflow.attach(workflowId).then((each) => each.result())
    await vodflow.close()
    expect(run).toMatchObject({ attached: false })
    const remedy =
      /encrypted with key "k1", and VODFLOW_PAYLOAD_KEYS is not set; set it to the keys that the payload was written with/
    const out = await mkdtemp(join(tmpdir(), 'vodflow-'))
    for (const args of [
      ['status', workflowId],
      ['list'],
      ['watch', workflowId],
      ['process', FileId, '--procedure', 'one'],
      ['rerun', workflowId, '--reason', 'a test'],
    ]) {
      const { stdout, stderr } = await command(args, up.environment)
      expect(stdout + stderr, args.join(' ')).toMatch(remedy)
      expect(stdout + stderr).not.toContain('Unknown encoding')
    }
    expect(await command(['report', workflowId, '--out', out], up.environment)).toMatchObject({ code: 0 })
    expect(await readFile(join(out, 'report.json'), 'utf8')).toMatch(/VODFLOW_PAYLOAD_KEYS is not set/)
  })

  it.each([
    ['none', '', /VODFLOW_PAYLOAD_KEYS: is not set/],
    ['nothing', undefined, /VODFLOW_PAYLOAD_KEYS: is not set/],
    ['no colon', 'abcd', /entry 1 has no colon between id and key/],
    ['too short', 'k1:abcd', /the key of "k1" is not 64 hex digits/],
    ['no hex', `k1:${'z'.repeat(64)}`, /not 64 hex digits/],
    ['twice', `${k1},${k1}`, /key id "k1" appears twice/],
  ])('%s: refused in words, without the key', (_, keys, message) => {
    const parse = () => payloadEncryption(keys)
    expect(parse).toThrow(message)
    expect(parse).toThrow(/VODFLOW_PAYLOAD_KEYS.*openssl rand -hex 32/)
    expect(parse).not.toThrow(/zzzz|abcd/)
  })
})
