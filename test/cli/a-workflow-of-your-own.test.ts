import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isGood, returnedBy, returnedText } from '../../src/cli/ended.js'
import { RunError } from '../../src/client/runErrors.js'
import { commandText } from '../../src/operate/report/commandText.js'
import { root } from '../support/binary.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf, startTheirs, type Theirs } from '../support/theirs.js'
import { plainBundleOf } from '../support/workflowCode.js'
import { type Ended, spawnVodflow, vodflow } from './cli.js'

let system: System
let theirs: Theirs
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100 })
  theirs = await startTheirs(system, 'own')
})
afterAll(async () => {
  await theirs.close()
  await system.close()
})

const queue = 'theirs-own'
const soon = { timeout: 60_000 }
const run = (...args: readonly string[]) => vodflow(args, system.environment)
const workflows = () => system.vodflow.client.workflow
const lastOf = ({ stdout }: Ended) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
const statusOf = async (id: string) => JSON.parse((await run('status', id, '--json')).stdout).runs[0]

/** Runs a command until its output has something, then ends it. */
async function until(pattern: RegExp, ...args: readonly string[]): Promise<string> {
  const child = spawnVodflow(args, system.environment)
  let said = ''
  try {
    return await new Promise<string>((resolve, reject) => {
      const look = (chunk: Buffer) => {
        said += chunk
        if (pattern.test(said)) resolve(said)
      }
      child.stdout.on('data', look)
      child.stderr.on('data', look)
      child.once('close', (code) => reject(new Error(`ended with ${code}: ${said}`)))
    })
  } finally {
    child.kill('SIGKILL')
  }
}

/** A pipeline whose gate waits. */
async function atItsGate(): Promise<{ workflowId: string; FileId: string }> {
  const FileId = await system.media()
  const workflowId = await theirs.start('publish', FileId, ['news'])
  await expect.poll(async () => (await system.vodflow.gates(workflowId))[0]?.status, soon).toBe('open')
  return { workflowId, FileId }
}

describe('watch', () => {
  it('shows every step and gate until the workflow ends, then its result', async () => {
    const { workflowId, FileId } = await atItsGate()
    const child = spawnVodflow(['watch', workflowId], system.environment)
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    const ended = new Promise((resolve) => child.once('close', resolve))
    await expect
      .poll(() => said, soon)
      .toMatch(
        new RegExp(
          `100 % {2}succeeded {2}\\(0/${FileId}/two\\)\n {2}Procedure FINISH .*\n {2}ReviewAudioVideo FINISH .*\n.*\ngate "review" waits for a person \\(VOD says pass\\).*\n {2}about:\n {4}title: A quiet evening\n {4}FileId: ${FileId}\n {2}vodflow approve ${workflowId} --gate review --run \\S+ --reason`,
        ),
      )
    expect(child.exitCode).toBeNull()
    expect((await run('approve', workflowId, '--reason', 'fine', '--by', 'ada')).code).toBe(0)
    expect(await ended).toBe(0)
    expect(said).toMatch(
      `in the Temporal UI: ${system.temporal.uiUrl}/namespaces/default/workflows/${workflowId}/`,
    )
    expect(said).toMatch(/gate "review" approved by ada at \S+: fine/)
    expect(said).toMatch(new RegExp(`^100 % {2}succeeded {2}\\(0/${FileId}/one\\)`, 'm'))
    expect(said).toMatch(
      /completed, with the result\n {2}decision: approved\n {2}by: ada\n {2}tags:\n {4}- news\n/,
    )
    const again = await run('watch', workflowId, '--json')
    expect(lastOf(again)).toEqual({
      workflowId,
      result: { decision: 'approved', by: 'ada', tags: ['news'] },
    })
    expect(again.code).toBe(0)
  })

  it.each([
    ['nothing', undefined, null],
    ['null', null, null],
    ['a word', 'done', 'done'],
    ['zero', 0, 0],
    ['a list', [1, 'two', { three: 3 }], [1, 'two', { three: 3 }]],
    [
      'what looks like an outcome',
      { status: 'failed', reason: 'x', tasks: [], attempts: [] },
      { status: 'failed', reason: 'x', tasks: [], attempts: [] },
    ],
  ])(
    'a workflow without a step that returned %s is good, and its result is said',
    async (_, value, result) => {
      const workflowId = await theirs.start('returns', ...(value === undefined ? [] : [value]))
      const returned = returnedBy('returns', await (await system.vodflow.attach(workflowId)).result())
      expect(returned).toEqual({ result })
      expect(isGood(returned)).toBe(true)
      expect(returnedText(returned, { workflowId })[0]).toBe(
        result === null ? 'completed, without a result' : 'completed, with the result',
      )
    },
  )

  it.each([
    ['nothing', [], null],
    [
      'what looks like an outcome',
      [{ status: 'failed', reason: 'x', tasks: [], attempts: [] }],
      { status: 'failed', reason: 'x', tasks: [], attempts: [] },
    ],
  ])('and by the command: %s', async (_, values, result) => {
    const workflowId = await theirs.start('returns', ...values)
    const json = await run('watch', workflowId, '--json')
    expect(json.stderr).toBe('')
    expect(lastOf(json)).toEqual({ workflowId, result })
    expect(json.code).toBe(0)
    const text = await run('status', workflowId)
    expect(text.stdout).toMatch(
      result === null ? /\n {2}completed, without a result\n$/ : /\n {2}completed, with the result\n/,
    )
    expect(text.code).toBe(0)
  })

  it('a type that is also a step of vodflow, and returns something else: it is to be renamed', async () => {
    const workflowId = `named-${Math.random()}`
    const connection = await NativeConnection.connect({ address: system.temporal.address })
    const workflowBundle = await plainBundleOf(pathOf('named'))
    const worker = await Worker.create({ connection, taskQueue: 'other', workflowBundle })
    await worker.runUntil(workflows().execute('splitMedia', { workflowId, taskQueue: 'other' }))
    await connection.close()
    const { code, stderr } = await run('watch', workflowId, '--json')
    expect(stderr).toMatch(
      /status of its result is missing.*If "splitMedia" is a workflow of yours, rename it/s,
    )
    expect(code).toBe(1)
  })

  it.each([
    [
      'failed',
      'fails',
      ['the source is gone'],
      {},
      /failed: the source is gone.*temporal workflow reset --type FirstWorkflowTask/s,
    ],
    ['timed out', 'stays', [], { workflowExecutionTimeout: '1s' }, /exceeded its time limit/],
  ])('a workflow that %s', async (_, type, args, options, message) => {
    const workflowId = `${type}-${Math.random()}`
    await workflows().start(type, { workflowId, taskQueue: queue, args, ...options })
    const { code, stdout, stderr } = await run('watch', workflowId, '--json')
    expect(stderr).toMatch(message)
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      workflowId,
      problem: expect.stringMatching(message),
    })
    expect(code).toBe(2)
    const status = await run('status', workflowId)
    expect(status.stdout).toMatch(message)
    expect(status.stdout).not.toMatch(/rerun|process would/)
    expect(status.code).toBe(2)
    if (type !== 'stays') return
    expect((await run('cancel', workflowId)).stdout).toMatch(
      /exceeded its time limit\. If its steps had started tasks, VOD finishes and bills them\./,
    )
  })

  it('a workflow that was terminated, or canceled', async () => {
    const [terminated, canceled] = [await theirs.start('stays'), await theirs.start('stays')]
    await workflows().getHandle(terminated).terminate('cleaning up')
    await workflows().getHandle(canceled).cancel()
    const watched = await run('watch', terminated)
    expect(watched.stderr).toMatch(/was terminated: cleaning up/)
    expect(watched.stderr).not.toMatch(/rerun/)
    expect(watched.code).toBe(2)
    const ended = (await system.vodflow.attach(canceled)).result()
    await expect(ended).rejects.toThrow(/was canceled/)
    await expect(ended).rejects.not.toThrow(/rerun/)
    await expect(ended).rejects.toBeInstanceOf(RunError)
  })

  it('a workflow that continues as new is followed to its end', async () => {
    const workflowId = await theirs.start('continues', await system.media())
    expect(lastOf(await run('watch', workflowId, '--json'))).toEqual({ workflowId, result: 'succeeded' })
  })

  it('a refused step fails the pipeline with the words of VOD', async () => {
    const workflowId = await theirs.start('refused', await system.media())
    const { code, stderr } = await run('watch', workflowId)
    expect(stderr).toMatch(/InvalidParameterValue\.ProcedureName/)
    expect(code).toBe(2)
  })
})

describe('a workflow task that keeps failing', () => {
  const failing = /The workflow task of ".*" fails each time it is retried: no FileId in row 7/
  it('is reported with its error by every command', async () => {
    const workflowId = await theirs.start('wedged', await system.media())
    const attached = await system.vodflow.attach(workflowId)
    await expect.poll(async () => (await attached.describe()).problem?.message, soon).toMatch(failing)
    const [status, watched, decided] = await Promise.all([
      run('status', workflowId),
      until(/row 7/, 'watch', workflowId),
      run('approve', workflowId, '--reason', 'r'),
    ])
    expect(status.stdout).toMatch(/restart the worker of "theirs-own"/)
    expect(status.stdout).not.toMatch(/No worker/)
    expect(status.code).toBe(2)
    expect(watched).toMatch(failing)
    expect(decided).toMatchObject({ code: 1, stderr: expect.stringMatching(failing) })
    await Promise.all([
      expect(attached.progress()).rejects.toMatchObject({
        name: 'WorkflowTaskFailingError',
        queue,
        problem: 'no FileId in row 7',
      }),
      expect(system.vodflow.gates(workflowId)).rejects.toThrow(failing),
      expect(
        system.vodflow.decide(workflowId, { gate: 'review', decision: 'approved', by: 'ada', reason: 'r' }),
      ).rejects.toThrow(failing),
    ])
    const canceled = await run('cancel', workflowId)
    expect(canceled.stderr).toMatch(/cancellation of ".*" is recorded, but still waits: .*row 7/)
    expect(canceled.code).toBe(1)
    await workflows().getHandle(workflowId).terminate()
  })

  it('a type that no worker knows', async () => {
    const workflowId = await theirs.start('publishEpisode')
    const attached = await system.vodflow.attach(workflowId)
    await expect
      .poll(async () => (await attached.describe()).problem?.message, soon)
      .toMatch(/publishEpisode/)
    expect((await run('status', workflowId)).stdout).toMatch(
      /fails each time it is retried: .*publishEpisode/,
    )
    await workflows().getHandle(workflowId).terminate()
  })
})

describe('no worker', () => {
  it('is named by the task queue of the run', async () => {
    const workflowId = `nobody-${Math.random()}`
    await workflows().start('stays', { workflowId, taskQueue: 'of-nobody' })
    const { stdout, code } = await run('status', workflowId)
    expect(stdout).toMatch(
      /cannot continue: No worker polls "of-nobody"\.\n {4}to fix: Start the worker that serves this task queue/,
    )
    expect(code).toBe(2)
    expect(await until(/of-nobody/, 'watch', workflowId)).toMatch(/No worker polls "of-nobody"/)
    await workflows().getHandle(workflowId).terminate()
  })

  it('a worker without the plugin has nothing to tell, which is no problem', async () => {
    const workflowId = `plain-${Math.random()}`
    const connection = await NativeConnection.connect({ address: system.temporal.address })
    const workflowBundle = await plainBundleOf(pathOf('named'))
    const worker = await Worker.create({ connection, taskQueue: 'plain', workflowBundle })
    await worker.runUntil(async () => {
      await workflows().start('waits', { workflowId, taskQueue: 'plain' })
      const { stdout, code } = await run('status', workflowId)
      expect(stdout).toMatch(/^plain-\S+ {2}waits RUNNING, started \S+Z\n {2}in the Temporal UI: \S+\n$/)
      expect(code).toBe(0)
      await workflows().getHandle(workflowId).terminate()
    })
    await connection.close()
  })

  it('a start that is delayed says until when', async () => {
    const workflowId = `later-${Math.random()}`
    await workflows().start('stays', { workflowId, taskQueue: queue, startDelay: '1h' })
    const { stdout, code } = await run('status', workflowId)
    expect(stdout).toMatch(
      /RUNNING, started \S+Z\n {2}its code starts at \S+Z\n {2}in the Temporal UI: \S+\n$/,
    )
    expect(code).toBe(0)
    await workflows().getHandle(workflowId).terminate()
  })
})

describe('status', () => {
  it('all steps and gates of a pipeline that runs, found by its FileId too', async () => {
    const { workflowId, FileId } = await atItsGate()
    for (const id of [workflowId, FileId]) {
      const { stdout, code } = await run('status', id)
      expect(stdout).toMatch(
        new RegExp(
          `publish RUNNING, started \\S+Z\n {2}100 % {2}succeeded {2}\\(0/${FileId}/two\\)\n {4}Procedure FINISH 100 % {2}\\S+\n {4}ReviewAudioVideo FINISH 100 % {2}\\S+\n {4}.*\n {2}gate "review" waits for a person .*\n {4}about:\n {6}title: A quiet evening\n {6}FileId: ${FileId}\n`,
        ),
      )
      expect(stdout).toMatch(`\n  for the URLs: vodflow status ${workflowId} --urls\n`)
      expect(stdout).toMatch(
        `\n  in the Temporal UI: ${system.temporal.uiUrl}/namespaces/default/workflows/${workflowId}/`,
      )
      expect(code).toBe(0)
    }
    const { stdout: withUrls } = await run('status', workflowId, '--urls')
    expect(withUrls).toMatch(/\n {2}Transcode \d+\n {4}http\S+\n/)
    expect(withUrls).not.toContain('for the URLs')
    await system.vodflow.decide(workflowId, { gate: 'review', decision: 'approved', by: 'ada', reason: 'r' })
    await workflows().getHandle(workflowId).result()
    expect((await run('status', FileId)).stdout).toMatch(
      /publish COMPLETED.*\n {2}100 % {2}succeeded (?:.*\n)+ {2}gate "review" approved .*\n {2}in the Temporal UI: .*\n {2}completed, with the result\n {4}decision: /,
    )
  })

  it('a file that a pipeline and a run of its own processed has both', async () => {
    const { workflowId, FileId } = await atItsGate()
    await (await system.vodflow.process({ FileId, ProcedureName: 'one' })).result()
    const { stdout } = await run('status', FileId, '--json')
    const ids = JSON.parse(stdout).runs.map((each: { workflowId: string }) => each.workflowId)
    expect(ids.sort()).toEqual([workflowId, `vod/${FileId}/one`].sort())
    for (const verb of ['retry', 'rerun']) {
      const again = await run(verb, FileId, '--reason', 'the step alone', '--watch')
      expect(again.stderr).toBe('')
      expect(again.stdout).toMatch(`vod/${FileId}/one`)
      expect(again.code).toBe(0)
    }
    await workflows().getHandle(workflowId).terminate()
  })

  it('a file that was run again has its latest run, while that goes on', async () => {
    const FileId = await system.media()
    const request = { FileId, ProcedureName: 'one' }
    await (await system.vodflow.process(request)).result()
    await system.vodflow.rerun(request, { reason: 'again' })
    const { stdout, code } = await run('status', FileId)
    expect(stdout.match(/processMediaByProcedure/g)).toHaveLength(1)
    expect(code).toBe(0)
    expect((await run('watch', FileId)).code).toBe(0)
  })

  it('where VOD cannot be asked, it says what is missing', async () => {
    const { VODFLOW_MAC_KEYS: _, ...withoutKeys } = system.environment
    const { workflowId, FileId } = await atItsGate()
    const { stderr, code } = await vodflow(['status', FileId], withoutKeys)
    expect(stderr).toMatch(/Nothing in Temporal has the id.*a workflow id, the FileId of a run of one step/)
    expect(stderr).toMatch(/the FileId of media that a step of a workflow processed .*set VODFLOW_MAC_KEYS/)
    expect(code).toBe(1)
    const unreachable = await vodflow(['status', FileId], {
      ...system.environment,
      VODFLOW_VOD_ENDPOINT: 'http://127.0.0.1:1',
    })
    expect(unreachable.stderr).toMatch(/VOD could not be asked: .*ECONNREFUSED/s)
    expect(unreachable.code).toBe(1)
    await (await system.vodflow.process({ FileId, ProcedureName: 'one' })).result()
    const partly = await vodflow(['status', FileId, '--json'], withoutKeys)
    expect(JSON.parse(partly.stdout).runs).toHaveLength(1)
    expect(partly.stderr).toMatch(/^vodflow: your own workflows .*may be missing: .*VODFLOW_MAC_KEYS.*\n$/)
    expect(partly.code).toBe(0)
    await workflows().getHandle(workflowId).terminate()
  })
})

it('steps in child workflows are shown as what they are', async () => {
  const workflowId = await theirs.start('inChildren', await system.media())
  const child = `${workflowId}/child`
  const isOpen = async () => (await system.vodflow.gates(child).catch(() => []))[0]?.status
  await expect.poll(isOpen, soon).toBe('open')
  expect((await run('status', workflowId)).stdout).toMatch(
    new RegExp(
      `RUNNING.*\\n {2}waits for the child workflow gated: vodflow watch ${child}\\n {4}100 % .*\\n(?: {6}.*\\n)+ {4}gate ".*" waits for a person .*\\n {6}vodflow approve ${child} `,
    ),
  )
  const { runId } = await workflows().getHandle(workflowId).describe()
  const byRunId = () => run('status', runId, '--json').then(({ stdout }) => JSON.parse(stdout).runs)
  await expect
    .poll(byRunId, soon)
    .toMatchObject([{ workflowId, children: [{ workflowId: child, gates: [{ status: 'open' }] }] }])
  expect(await until(/child/, 'watch', workflowId)).toMatch(/waits for the child workflow gated/)
  expect((await run('approve', child, '--reason', 'r', '--by', 'ada')).code).toBe(0)
  expect(lastOf(await run('watch', workflowId, '--json'))).toEqual({ workflowId, result: 'approved' })
})

it('a batch says where its progress is', async () => {
  const workflowId = `batch-${Math.random()}`
  const FileIds = [await system.media()]
  await system.vodflow.batches.start({ source: { FileIds }, ProcedureName: 'one' }, { workflowId })
  const watched = await run('watch', workflowId)
  expect(watched.stdout).toMatch(/completed, with the result\n {2}counts:\n {4}read: 1\n/)
  expect(watched.code).toBe(0)
  expect((await run('status', workflowId)).stdout).toMatch(
    new RegExp(
      `100 % {2}ended: 1 of 1 items done, 0 running, 1 succeeded, 0 not\\n {2}a batch: vodflow batch report ${workflowId}`,
    ),
  )
})

describe('report', () => {
  it('of a run that waits at a gate shows what it is about, and how to decide', async () => {
    const { workflowId } = await atItsGate()
    const out = await mkdtemp(join(tmpdir(), 'vodflow-gate-'))
    expect((await run('report', workflowId, '--out', out)).code).toBe(0)
    const page = await readFile(join(out, 'report.html'), 'utf8')
    expect(page).toMatch(/Waits for a person at the gate .*<pre>.*A quiet evening.*<\/pre>/s)
    for (const verb of ['approve', 'reject'])
      expect(page).toContain(`<code>vodflow ${verb} ${workflowId} --gate review --run `)
  })

  it('has every argument, the verdict and the decision, and nothing normal in red', async () => {
    const { workflowId, FileId } = await atItsGate()
    await system.vodflow.decide(workflowId, {
      gate: 'review',
      decision: 'approved',
      by: 'ada',
      reason: 'a beach',
    })
    await workflows().getHandle(workflowId).result()
    const out = await mkdtemp(join(tmpdir(), 'vodflow-own-'))
    expect((await run('report', FileId, '--out', out)).code).toBe(0)
    const [page = '', json = ''] = await Promise.all(
      ['report.html', 'report.json'].map((name) => readFile(join(out, name), 'utf8')),
    )
    const [file] = JSON.parse(json).runs
    expect(file.input).toEqual([FileId, ['news']])
    expect(page).toMatch(/Input 1<\/h4>.*Input 2<\/h4>.*&#34;news&#34;/s)
    expect(file.verdicts).toMatchObject([{ FileId, of: 'Media', Suggestion: 'pass' }])
    expect(page).toMatch(/>Moderation<\/h3>.*pass.*ada.*a beach/s)
    // Their worker has no accounts: each read goes to the queue of reads.
    expect(page).toContain('this worker has no accounts')
    expect(file.problems).toEqual([])
    expect(page).not.toContain('class="problems"')
  })
})

describe('gates', () => {
  it('of a run that failed before it reached one reject with the reason', async () => {
    const failed = await theirs.start('fails', 'the source is gone')
    const completed = await theirs.start('returns', 1)
    await expect.poll(() => statusOf(failed), soon).toMatchObject({ status: 'FAILED' })
    await expect.poll(() => statusOf(completed), soon).toMatchObject({ status: 'COMPLETED' })
    await expect(system.vodflow.gates(failed)).rejects.toThrow('the source is gone')
    expect(await system.vodflow.gates(completed)).toEqual([])
  })
})

describe('list', () => {
  it("shows workflows of one's own, and none that vodflow starts for itself", async () => {
    const own = await theirs.start('returns', 1)
    await workflows().getHandle(own).result()
    await system.vodflow.batches.plan({
      source: { search: { NamePrefixes: ['clip'] } },
      ProcedureName: 'one',
    })
    const seen = async (workflowIdPrefix: string) => {
      const ids: string[] = []
      for await (const each of system.vodflow.list({ workflowIdPrefix })) ids.push(each.workflowId)
      return ids
    }
    await expect.poll(() => seen(own), soon).toEqual([own])
    await expect.poll(() => seen('vodflow/plan/'), soon).toHaveLength(1)
    const listed = async (...args: readonly string[]) =>
      (await run('list', '--json', ...args)).stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line).workflowId as string)
    expect(await listed('--prefix', 'vodflow/plan/')).toHaveLength(1)
    for (const args of [[], ['--type', 'processBatch']]) {
      const ids = await listed(...args)
      expect(ids.includes(own)).toBe(args.length === 0)
      expect(ids.filter((id) => id.startsWith('vodflow/'))).toEqual([])
    }
  })
})

describe('what else a workflow may do', () => {
  it('an activity that fails again and again is shown with its reason and its next try', async () => {
    const workflowId = await theirs.start('triesAgain')
    const attached = await system.vodflow.attach(workflowId)
    await expect
      .poll(async () => (await attached.describe()).retried?.[0], soon)
      .toMatchObject({ attempt: 2, nextTry: expect.any(Date) })
    const { retried } = await statusOf(workflowId)
    expect(retried).toEqual([
      {
        activity: 'saveEpisode',
        why: 'failed',
        attempt: 2,
        problem: expect.stringContaining('saveEpisode'),
        nextTry: expect.any(String),
      },
    ])
    const [{ nextTry }] = retried
    expect(Date.parse(nextTry) - Date.now()).toBeGreaterThan(50 * 60_000)
    const { stdout, code } = await run('status', workflowId)
    expect(stdout).toMatch(
      /the activity saveEpisode fails: .*saveEpisode.* \(attempt 2\); it is tried again at \d{4}-\S+Z/,
    )
    expect(code).toBe(0)
    await workflows().getHandle(workflowId).terminate()
  })

  it("queries of vodflow's names that answer something else say so", async () => {
    const workflowId = await theirs.start('answersOtherwise')
    const said =
      /its workflow's answer to the query "vodflow\.\w+" does not have vodflow's format \(.+\)\. Rename/
    const status = await run('status', workflowId)
    expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(said) })
    const approve = await run('approve', workflowId, '--reason', 'r')
    expect(approve).toMatchObject({ code: 1, stderr: expect.stringMatching(said) })
    const attached = await system.vodflow.attach(workflowId)
    await expect(attached.progress()).rejects.toMatchObject({ name: 'UnreadableError' })
    await expect(attached.steps()).rejects.toThrow(said)
    await workflows().getHandle(workflowId).terminate()
  })

  it.each(['-x', '--version'])('an id of %s is taken after --, and advised so', async (name) => {
    const workflowId = `${name}-${Math.random()}`
    await workflows().start('twoGates', { workflowId, taskQueue: queue })
    await expect.poll(async () => (await system.vodflow.gates(workflowId))[0]?.status, soon).toBe('open')
    const status = await run('status', '--', workflowId)
    expect(status.code).toBe(0)
    const [advice = ''] = /vodflow approve .*? -- \S+/.exec(status.stdout) ?? []
    const { runId } = await workflows().getHandle(workflowId).describe()
    expect(advice.replace(/,$/, '')).toBe(
      `vodflow approve --gate film --run ${runId} --reason "..." -- ${workflowId}`,
    )
    const pasted = advice.replace(/,$/, '').replace('"..."', 'fine').split(' ').slice(1)
    expect(await run(...pasted)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('gate film approved'),
    })
    expect((await run('status', workflowId)).stderr).toMatch(/put -- before an id that starts with a dash|^$/)
    await workflows().getHandle(workflowId).terminate()
  })

  it.each(['-0.5', '--0.5', '-', '--'])('an id of %s alone is advised after --', (id) => {
    expect(commandText('approve', id, '--gate film')).toBe(`vodflow approve --gate film -- ${id}`)
  })

  it('reports of different ids are in different folders', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'vodflow-reports-'))
    const ids = ['a/b', 'a-b', 'A-B', 'Ä-b']
    const pages = await Promise.all(
      ids.map(async (id) => {
        const child = spawnVodflow(
          ['report', id, '--history', join(root, 'test/histories/by-look.json')],
          {},
          cwd,
        )
        let said = ''
        child.stdout.on('data', (chunk) => {
          said += chunk
        })
        await once(child, 'close')
        return said.trim().toLowerCase()
      }),
    )
    expect(new Set(pages).size).toBe(ids.length)
  })
})
