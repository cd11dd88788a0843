import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { guard, redraw } from '../../src/cli/terminal.js'
import { clean, plain } from '../../src/contract/visible.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'
import { inOwnProcess, vodflow } from './cli.js'
import { hostile, obeyed } from './obeyed.js'

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...hostile, '\n', '\t', '\u2028', '中', '🎬'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
})

describe('any text', () => {
  it('has nothing of it left', () => {
    expect(obeyed(hostile).length).toBeGreaterThan(8)
    fc.assert(fc.property(text, (given) => void expect(obeyed(clean(given))).toEqual([])))
    fc.assert(fc.property(text, (given) => void expect(obeyed(plain(given))).toEqual([])))
    fc.assert(fc.property(text, (given) => void expect(plain(given)).not.toMatch(/[\n\t]/)))
  })

  it('stays what it is where nothing is unsafe, and JSON keeps its value', () => {
    fc.assert(
      fc.property(
        text,
        (given) => void expect(JSON.parse(clean(JSON.stringify({ given })))).toEqual({ given }),
      ),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (given) => void expect(clean(given)).toBe(given)),
    )
    for (const shown of ['1\ufe0f\u20e3', '❤️', 'می\u200cخواهم', 'क्\u200dष']) expect(clean(shown)).toBe(shown)
    expect(clean('ep\u200disode\ufe0f')).toBe('ep\\u200disode\\ufe0f')
    expect(clean('e\u0301 中文 👩‍👩‍👧 שלום')).toBe('e\u0301 中文 👩‍👩‍👧 שלום')
  })

  it('is clean however it is written to a stream that is guarded', () => {
    const written: string[] = []
    const stream = { write: (chunk: string) => written.push(chunk) > 0 } as NodeJS.WriteStream
    guard(stream)
    stream.write(hostile)
    stream.write(Buffer.from(hostile))
    expect(written.flatMap(obeyed)).toEqual([])
    redraw(stream, 2, [hostile])
    const moves = '\x1b[2A\x1b[J'
    expect(written.at(-1)?.startsWith(moves)).toBe(true)
    expect(obeyed(written.at(-1)?.slice(moves.length) ?? '')).toEqual([])
  })
})

describe('a run with such an id, reason and result', () => {
  const workflowId = `stays-${hostile}`
  let system: System
  let theirs: Theirs
  beforeAll(async () => {
    system = await startSystem({ media: 'instant' })
    theirs = await startTheirs(system, 'own')
    const { workflow } = system.vodflow.client
    const taskQueue = 'theirs-own'
    const memo = { 'vodflow.reason': hostile }
    await workflow.start('stays', { workflowId, taskQueue, memo })
    await workflow.execute('returns', {
      workflowId: `returns-${hostile}`,
      taskQueue,
      args: [{ [hostile]: hostile }],
    })
    await expect(
      workflow.execute('fails', { workflowId: `fails-${hostile}`, taskQueue, args: [hostile] }),
    ).rejects.toMatchObject({ cause: { message: hostile } })
    const listed = async () => {
      const ids: string[] = []
      for await (const { workflowId } of system.vodflow.list()) ids.push(workflowId)
      return ids
    }
    await vi.waitFor(async () => expect(await listed()).toHaveLength(3), { timeout: 60_000, interval: 100 })
  })
  afterAll(async () => {
    await theirs.close()
    await system.close()
  })

  it.each([
    [['list']],
    [['status', workflowId]],
    [['status', `returns-${hostile}`]],
    [['status', `fails-${hostile}`]],
    [['watch', `returns-${hostile}`]],
    [['watch', `fails-${hostile}`]],
    [['status', `none-${hostile}`]],
    [['approve', workflowId, '--reason', hostile]],
    [['batch', 'run', 'x', '--procedure', 'one', '--ids', `/no/${hostile}`]],
    [['list', '--status', hostile]],
  ])('%j', async (args) => {
    const { stdout, stderr } = await vodflow(args, system.environment)
    expect(`${stdout}${stderr}`).toMatch(/\\u001b\]0;owned|\\u202e/)
    expect(obeyed(`${stdout}${stderr}`)).toEqual([])
  })

  it('starts no line of an error', async () => {
    const { workflow } = system.vodflow.client
    const id = 'fails-in-lines'
    const args = ['one\nvodflow: succeeded\r\ntwo']
    await workflow.start('fails', { workflowId: id, taskQueue: 'theirs-own', args })
    const { code, stderr } = await vodflow(['watch', id], system.environment)
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('one vodflow: succeeded two')])
    expect(code).toBe(2)
  })

  it.each([
    ['a warning', 'process.emitWarning(text)', 0],
    ['an error that nobody has caught', 'throw new Error(text)', 1],
    ['a rejection that nobody has handled', 'Promise.reject(new Error(text))', 1],
  ])('%s of a library', async (_, statement, exitCode) => {
    const code = `setImmediate(function soon() {
      if (!process.listenerCount('uncaughtException')) return setImmediate(soon)
      const text = String.fromCharCode(27) + '[2J of a library'
      ${statement}
    })`
    const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(code)}`
    const ended = await inOwnProcess(['list', '--json'], { ...system.environment, NODE_OPTIONS })
    expect(ended.stderr).toBe('vodflow: \\u001b[2J of a library\n')
    expect(ended.code).toBe(exitCode)
  })

  it('is told as it is in JSON', async () => {
    const listed = await vodflow(['list', '--json', '--status', 'Running'], system.environment)
    expect(JSON.parse(listed.stdout)).toMatchObject({ workflowId, reason: hostile })
    const status = await vodflow(['status', '--json', `returns-${hostile}`], system.environment)
    expect(JSON.parse(status.stdout).runs[0].result).toEqual({ [hostile]: hostile })
    expect([listed, status].flatMap(({ stdout }) => obeyed(stdout))).toEqual([])
  })
})
