import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultPayloadConverter } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { redactValue } from '../../../src/cli/redact.js'
import type { CaseFile, RunFile } from '../../../src/operate/report/caseFile.js'
import { gatherExported } from '../../../src/operate/report/gather.js'
import { pageOf } from '../../../src/operate/report/page/page.js'
import { script } from '../../../src/operate/report/page/script.js'
import { withoutRepaired } from '../../../src/operate/report/repairs.js'
import { writeCaseFile } from '../../../src/operate/report/write.js'
import { payloadReader } from '../../../src/temporal/payloads.js'
import { verdict } from '../../support/step.js'

const folder = new URL('../../histories/', import.meta.url)
const names = (await readdir(folder)).map((name) => name.replace('.json', ''))
const read = payloadReader({
  loadedDataConverter: { payloadCodecs: [], payloadConverter: defaultPayloadConverter },
})

const historyOf = async (name: string) => JSON.parse(await readFile(new URL(`${name}.json`, folder), 'utf8'))
const caseOf = async (name: string): Promise<CaseFile> => gatherExported(await historyOf(name), read, name)
async function runOf(name: string): Promise<RunFile> {
  const [run] = (await caseOf(name)).runs
  if (!run) throw new Error('no run')
  return run
}

describe.each(names)('%s', (name) => {
  it('has every call, every signal and every timer of the history in its timeline', async () => {
    const { events } = (await historyOf(name)) as { events: Record<string, unknown>[] }
    const numberOf = (attributes: string) => events.filter((event) => attributes in event).length
    const { moments } = await runOf(name)
    const kinds = (kind: string) => moments.filter((moment) => moment.kind === kind).length
    expect(kinds('call')).toBe(
      numberOf('activityTaskScheduledEventAttributes') + numberOf('markerRecordedEventAttributes'),
    )
    expect(kinds('hint') + kinds('signal')).toBe(numberOf('workflowExecutionSignaledEventAttributes'))
    expect(kinds('wait')).toBe(numberOf('timerStartedEventAttributes'))
    expect(kinds('decision')).toBe(numberOf('workflowExecutionUpdateAcceptedEventAttributes'))
    const times = moments.map(({ at }) => at)
    expect(times).toEqual([...times].sort())
  })

  it('is a page with a row for each moment, and no token', async () => {
    const file = await caseOf(name)
    const page = pageOf(file)
    for (const { what } of file.runs[0]?.moments ?? []) expect(what).not.toBe('')
    expect(page).toContain(`<h1>${name}</h1>`)
    expect(JSON.stringify(file)).not.toMatch(/vf1\.[\w-]+\.[\w-]{10}/)
    expect(page).not.toMatch(/undefined|\[object Object\]|NaN/)
  })
})

describe('what it says', () => {
  it('of moderation: the worst verdict, and each of every task, also one that is missing', async () => {
    const file = await caseOf('two-tasks-by-callback')
    const run = await runOf('two-tasks-by-callback')
    const of = (TaskId: string, ...given: Parameters<typeof verdict>) => ({
      TaskId,
      FileId: '528',
      ...verdict(...given),
      segments: [],
    })
    const verdicts = [
      of('1-Procedure', 'Porn.Asr', 'block'),
      of('2-Review', 'Cover'),
      of('2-Review', 'Media', 'pass'),
    ]
    const page = pageOf({ ...file, runs: [{ ...run, verdicts }] })
    const text = page.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ')
    expect(text).toContain('Moderation block Porn.Asr block Cover no verdict Media pass')
  })

  it('of a repair: both attempts, each with its own SessionId and what it came to', async () => {
    const { submissions, outcome } = await runOf('repaired')
    expect(submissions.map(({ attempt, cameTo }) => [attempt, cameTo])).toEqual([
      [1, 'accepted'],
      [2, 'accepted'],
    ])
    expect(new Set(submissions.map(({ SessionId }) => SessionId)).size).toBe(2)
    expect(outcome?.status).toBe('succeeded')
  })

  it('of a repair: what it made is there, and nothing is missing', async () => {
    const run = await runOf('repaired')
    expect(run.problems).toEqual([])
    expect(run.outputs.map(({ status }) => status)).toEqual(run.outputs.map(() => 'made'))
    expect(run.outputs.length).toBeGreaterThan(0)
    // A workflow of several steps has no outcome that leaves out what was repaired.
    const failed = {
      TaskType: 'Procedure',
      Status: 'FINISH',
      percent: 100,
      verdicts: [],
    }
    const part = { Type: 'Transcode', Definition: 1, Output: {}, urls: [] }
    const tasks = [
      {
        ...failed,
        TaskId: 'a',
        parts: [
          { ...part, status: 'failed' as const },
          { ...part, Definition: 2, status: 'failed' as const },
        ],
      },
      { ...failed, TaskId: 'b', parts: [{ ...part, status: 'succeeded' as const }] },
    ]
    const submission = {
      at: '',
      action: '',
      key: 'k',
      calls: [],
      sends: 1,
      SessionId: '',
      cameTo: 'accepted' as const,
    }
    const submissions = [
      { ...submission, attempt: 1, TaskIds: ['a'] },
      { ...submission, attempt: 2, TaskIds: ['b'] },
    ]
    const left = (given: typeof submissions) =>
      withoutRepaired(tasks, given).map(({ parts }) => parts.map(({ Definition }) => Definition))
    expect(left(submissions)).toEqual([[2], [1]])
    // Another step repairs nothing.
    expect(left(submissions.map((each, index) => ({ ...each, key: `${index}` })))).toEqual([[1, 2], [1]])
  })

  it('of a batch: each item, how and when its run ended, and the counts', async () => {
    const { batch, problems } = await runOf('batch')
    const items = batch?.items ?? []
    expect(items.length).toBeGreaterThan(0)
    expect(items.filter(({ status }) => status === 'succeeded')).toHaveLength(
      batch?.counts?.ended.succeeded ?? -1,
    )
    for (const { FileId, workflowId } of items) expect(workflowId).toMatch(new RegExp(`/${FileId}$`))
    const bad = items.filter(({ status }) => !['succeeded', 'skipped', 'repeated'].includes(status))
    expect(problems.map(({ what }) => what)).toEqual(bad.map(({ FileId }) => `Item ${FileId}`))
  })

  it('of a lost answer: it was sent again under one SessionId, its task was found, and nothing is wrong', async () => {
    const { submissions, problems } = await runOf('duplicate-recovered')
    expect(submissions).toHaveLength(1)
    expect(submissions[0]).toMatchObject({
      cameTo: 'duplicate',
      sends: 2,
      calls: [expect.any(Number), expect.any(Number)],
    })
    expect(submissions[0]?.TaskIds.length).toBeGreaterThan(0)
    expect(problems).toEqual([])
  })

  it('of a submit that nobody knows the end of: a problem, with the remedy once', async () => {
    const file = await caseOf('canceled-unanswered')
    const run = file.runs[0]
    expect(run?.submissions).toMatchObject([{ cameTo: 'open' }])
    const remedy = 'Check that this machine can reach the endpoint'
    expect(run?.problems.map(({ what }) => what)).toEqual([
      'The run was canceled',
      'ProcessMediaByProcedure failed',
    ])
    const [shown = ''] = /<section class="problems">.*?<\/section>/s.exec(pageOf(file)) ?? []
    expect(shown.split(remedy)).toHaveLength(2)
  })

  it('of a refusal: the code, and what to do', async () => {
    const file = await caseOf('refused')
    const code = expect.stringMatching(/^\w+\.?\w+/)
    expect(file.runs[0]).toMatchObject({ status: 'failed', failure: { code } })
    expect(file.runs[0]?.problems).toEqual([
      {
        what: 'The run failed',
        why: code,
        remedy: expect.any(String),
        requestId: expect.stringMatching(/^[\w-]{36}$/),
      },
    ])
    expect(pageOf(file)).toMatch(/Next steps[\s\S]*vodflow rerun/)
  })

  it('of an outcome that nobody knows: wait again without paying, or pay again, and which is which', async () => {
    const page = pageOf(await caseOf('unknown-at-the-end'))
    expect(page).toMatch(/never billed again: <code>vodflow retry[\s\S]*bills them: <code>vodflow rerun/)
  })

  it('of a gate: who decided, what and why', async () => {
    const { moments } = await runOf('gate-decided-by-a-person')
    const decision = moments.find((moment) => moment.kind === 'decision')
    expect(decision).toMatchObject({ by: expect.stringMatching(/.+/), reason: expect.stringMatching(/.+/) })
    const gate = decision?.kind === 'decision' ? decision.gate : ''
    expect(moments.some((moment) => moment.kind === 'wait' && moment.gate === gate)).toBe(true)
  })

  it('of a read within a workflow task: why, of which task, what VOD said and under which RequestId', async () => {
    const { moments, submissions, tasks } = await runOf('one-task-by-callback')
    const read = moments.find((moment) => moment.kind === 'call' && moment.activity === 'DescribeTaskDetail')
    expect(read).toMatchObject({
      state: 'answered',
      why: 'an event announced the end',
      what: 'DescribeTaskDetail: Procedure FINISH, 100 %',
      TaskId: submissions[0]?.TaskIds[0],
      requestId: expect.stringMatching(/^[\w-]{36}$/),
      attempts: 1,
    })
    expect(tasks).toHaveLength(1)
  })

  it('of one that was left to the queue of reads: why', async () => {
    const { moments } = await runOf('side-by-side')
    const read = moments.find((moment) => moment.kind === 'call' && moment.state === 'failed')
    expect(read).toMatchObject({
      failure: { type: 'ReadElsewhere' },
      what: 'DescribeTaskDetail: to the queue of reads: this worker has no accounts',
    })
  })

  it('of an event: how it came, and of which task', async () => {
    const { moments, submissions } = await runOf('one-task-by-callback')
    expect(moments.find((moment) => moment.kind === 'hint')).toMatchObject({
      via: 'push',
      TaskId: submissions[0]?.TaskIds[0],
      terminal: true,
    })
  })
})

describe('whatever stands in a history', () => {
  /** A run of somebody who may name media files and write outputs. */
  async function hostile(
    evil = '"><script>document.title="owned"</script><img src=x onerror=alert(1)>',
  ): Promise<CaseFile> {
    const file = await caseOf('one-task-by-callback')
    const [run] = file.runs as [RunFile]
    const of = { TaskId: evil, FileId: evil, Type: evil, facts: { VideoCodec: evil } }
    const files = ['javascript:alert(1)//.mp4', 'data:image/png,.png', evil].map((url) => ({
      url,
      copyProblem: evil,
    }))
    const segment = {
      StartTimeOffset: 1,
      EndTimeOffset: 2,
      Confidence: 1,
      Suggestion: evil,
      Label: evil,
      Text: evil,
      Url: 'javascript:alert(1)',
    }
    const item = { FileId: evil, workflowId: evil, status: evil, reason: evil, startedAt: evil }
    return {
      ...file,
      id: evil,
      runs: [
        {
          ...run,
          workflowId: evil,
          uiUrl: `https://ui.test/${evil}`,
          input: [{ evil }, undefined],
          outputs: [
            { ...of, status: 'made', files },
            { ...of, status: 'missing', why: evil, files: [] },
          ],
          problems: [{ what: evil, why: evil, remedy: evil, TaskId: evil, requestId: evil }],
          verdicts: [
            { TaskId: evil, FileId: evil, of: evil, Suggestion: evil, Label: evil, segments: [segment] },
          ],
          batch: { items: [item], plan: { [evil]: 1 }, stopped: evil },
        },
      ],
    }
  }

  it('is shown as text: no element, no script address', async () => {
    const page = pageOf(await hostile())
    expect(page).not.toMatch(/<img|(src|href)="(javascript|data):/i)
    expect(page.match(/<script[\s\S]*?<\/script/gi)).toEqual([`<script>${script}</script`])
    expect(page).toContain('&#60;script&#62;')
    expect(page).toMatch(
      /Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-[^;]+&#39;; script-src &#39;sha256-[^;]+&#39;; img-src/,
    )
  })

  const tagsOf = (page: string) =>
    page
      .match(/<[a-z/!][^>]*>/gi)
      // A name may break before each of its words.
      ?.filter((tag) => tag !== '<wbr>')
      .map((tag) => tag.replaceAll(/"[^"]*"/g, '""'))

  it.each([
    ['the end of an element', '</title></td></table></pre><style>*{display:none}</style>'],
    ['quotes', `x" onload="alert(1)' onload='alert(1)\` onload=\`alert(1)`],
    ['a comment', '<!-- --><!--x--!><![CDATA[x]]><?x?>'],
    ['entities', '&lt;script&gt;&#60;img src=x&#62;&quot;'],
    ['controls', '\u0000\u0008\u001b[2J\u009b31m\u0085<b>\u007f'],
    ['text that is turned around or not seen', '\u202e<b>\u2066gpj.exe\u200b\u{e0041}'],
    ['lines', 'a\n\n<h1>b</h1>\r\n\u2028<h2>'],
  ])('has the elements that it has without %s', async (_, evil) => {
    const page = pageOf(await hostile(evil))
    expect(tagsOf(page)).toEqual(tagsOf(pageOf(await hostile('x'))))
    expect(page).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}\u200b\u2028]/u)
  })

  it('is written whatever it looks like: deep, long, and full of controls', async () => {
    const history = await historyOf('one-task-by-callback')
    const [{ workflowExecutionStartedEventAttributes: started }] = history.events
    const deep = `${'['.repeat(5_000)}"\\u001b[2J\\u202e"${']'.repeat(5_000)}`
    started.input.payloads = [deep, JSON.stringify({ key: '"token":\u009b'.repeat(20_000) })].map((text) => ({
      metadata: { encoding: Buffer.from('json/plain').toString('base64') },
      data: Buffer.from(text).toString('base64'),
    }))
    const folder = await mkdtemp(join(tmpdir(), 'vodflow-case-'))
    const { page, json } = await writeCaseFile(folder, redactValue(await gatherExported(history, read, 'x')))
    const [shown, data] = await Promise.all([page, json].map((path) => readFile(path, 'utf8')))
    expect(JSON.parse(data as string).runs[0].input).toHaveLength(2)
    for (const text of [shown, data]) expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u)
    expect(shown).toContain('deeper values are left out')
  })

  it('what is no history is refused in words', async () => {
    for (const given of [{}, { events: [] }, { events: [{ eventId: '1' }] }, 'x', null])
      await expect(gatherExported(given, read, 'x')).rejects.toThrow(
        /--history: is not the history of a workflow.*temporal workflow show --output json/,
      )
  })
})
