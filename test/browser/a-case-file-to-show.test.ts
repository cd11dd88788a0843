import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeTestClip } from '../../src/emulator/media/testClip.js'
import { vodflow } from '../cli/cli.js'
import { launchChromium } from '../support/chromium.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs } from '../support/theirs.js'

const kinds = ['succeeded', 'partial', 'pipeline', 'batch'] as const
type Kind = (typeof kinds)[number]

let folder: string
let browser: Browser
let page: Page
let report: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodflow-case-'))
  browser = await launchChromium()
  const system = await startSystem({})
  try {
    await writeReports(system)
  } finally {
    await system.close()
  }
})
afterAll(() => browser?.close())

/** One report of each kind, with copies, so that the pages outlive the local VOD. */
async function writeReports(system: System): Promise<void> {
  const film = async (name: string, seconds = 3) => {
    const path = join(folder, `${name}.mp4`)
    await makeTestClip(path, { seconds, width: 320, height: 180, fps: 25 })
    return (await system.vod.upload(path, { name })).FileId
  }
  const write = async (kind: Kind, id: string) => {
    const { code, stderr } = await vodflow(
      ['report', id, '--out', join(folder, kind), '--copy'],
      system.environment,
    )
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /^(vodflow: (note: not copied: AdaptiveDynamicStreaming 10 \(playlists are not copied\)|nothing to copy: there are no outputs)\n)?$/,
    )
  }
  await system.vodClient.call('CreateProcedureTemplate', template)
  const whole = await system.vodflow.process({
    FileId: await film('to review'),
    ProcedureName: template.Name,
  })
  await whole.result()
  await write('succeeded', whole.workflowId)

  system.vod.faults.add(
    { kind: 'failSubTask', Type: 'AdaptiveDynamicStreaming', code: 'SourceFileError.Broken', times: 1 },
    { kind: 'failSubTask', Type: 'SampleSnapshot', code: 'InternalError', times: 1 },
  )
  const plain = await film('plain')
  await (await system.vodflow.process({ FileId: plain, ProcedureName: template.Name })).result()
  await write('partial', plain)

  const theirs = await startTheirs(system, 'pipelines')
  const workflowId = await theirs.start('reviewed', await film('another to review'))
  const isOpen = async () =>
    (await system.vodflow.gates(workflowId).catch(() => [])).some(({ status }) => status === 'open')
  await vi.waitUntil(isOpen, { timeout: 60_000, interval: 100 })
  const decision = { gate: 'review', decision: 'approved', by: 'ada', reason: 'a beach' } as const
  await system.vodflow.decide(workflowId, decision)
  await system.vodflow.client.workflow.getHandle(workflowId).result()
  await write('pipeline', workflowId)
  await theirs.close()

  system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError.Broken', times: 1 })
  const FileIds = ['5285485487985279999', ...(await Promise.all([1, 2, 3].map((n) => film(`item ${n}`, 1))))]
  const batch = await system.vodflow.batches.start(
    { source: { FileIds }, ProcedureName: 'one', window: 2, skipDone: false, stopAtFailedPercent: 100 },
    { workflowId: 'library' },
  )
  await batch.result()
  await write('batch', 'library')
}

const template = {
  Name: 'all',
  MediaProcessTask: {
    TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }],
    AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }],
    SampleSnapshotTaskSet: [{ Definition: 10 }],
    CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Percent', PositionValue: 30 }],
  },
  ReviewAudioVideoTask: { Definition: 10, ReviewContents: ['Media', 'Cover'] },
}

interface View {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
  readonly withScripts?: boolean
}

/** Opens a report, and fails on whatever the browser refuses or cannot load. */
async function open(kind: Kind, { width = 1280, colorScheme = 'light', withScripts = true }: View = {}) {
  const viewport = { width, height: 900 }
  page = await browser.newPage({ viewport, colorScheme, javaScriptEnabled: withScripts })
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  // A player stops to load what it does not need yet.
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText
    if (why !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${why}`)
  })
  report = pathToFileURL(join(folder, kind, 'report.html')).href
  await page.goto(report)
  expect(complaints).toEqual([])
}

/** What a person sees of all elements, with single spaces. */
const texts = async (selector: string) =>
  (await page.locator(selector).allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim())
const heightsOf = (selector: string) =>
  page
    .locator(selector)
    .evaluateAll((all) => all.map((each) => Math.round(each.getBoundingClientRect().height)))
const caseOf = async (kind: Kind) => JSON.parse(await readFile(join(folder, kind, 'report.json'), 'utf8'))

describe('the page of every kind', () => {
  it.each(kinds)('%s: fits a phone and a screen without scrolling sideways', async (kind) => {
    for (const width of [390, 1280]) {
      await open(kind, { width })
      await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true')
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      await page.close()
    }
  })

  it.each(kinds)('%s: asks no other place for anything', async (kind) => {
    await open(kind)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.reload()
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)')
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([])
    const policy = await page.locator('meta[http-equiv]').getAttribute('content')
    expect(policy).toMatch(/img-src 'self' file:; media-src 'self' file:;/)
    await page.close()
  })

  it.each(kinds)('%s: what happened is in order, and says how long it took', async (kind) => {
    await open(kind)
    const times = await page
      .locator('.timeline time')
      .evaluateAll((all) => all.map((each) => each.getAttribute('datetime') ?? ''))
    expect(times.length).toBeGreaterThan(3)
    expect(times).toEqual(times.toSorted())
    const entries = await texts('.timeline li')
    expect(entries[0]).toMatch(/started by/)
    expect(entries.at(-1)).toMatch(/(completed|ended partial)$/)
    const took = await page
      .locator('.timeline li', { hasText: /^[\d:]+\s*(Task|Item)/ })
      .locator('.took')
      .allTextContents()
    expect(took.length).toBeGreaterThan(0)
    for (const text of took) expect(text).toMatch(/^([\d.]+ (ms|s|min)|under 1 s)$/)
    await page.close()
  })

  it.each(kinds)('%s: has a dark style, and is light on paper', async (kind) => {
    await open(kind, { colorScheme: 'dark' })
    const back = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    expect(await back()).toBe('rgb(13, 17, 23)')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await back()).toBe('rgb(255, 255, 255)')
    await page.close()
  })
})

describe('a run that succeeded', () => {
  it('has no problems, and a player for each film with its facts and its link', async () => {
    await open('succeeded')
    expect(await page.locator('.problems').count()).toBe(0)
    const [first] = await texts('.card')
    expect(first).toMatch(
      /^Transcode 100010 Size [\d.]+ kB Codec h264 \+ aac Bit rate [\d.]+ kbit\/s Dimensions \d+ × \d+ Length 0:03 MP4 /,
    )
    expect(await page.locator('.card video').count()).toBe(2)
    const durations = () =>
      page.evaluate('[...document.querySelectorAll("video")].map(({ duration }) => Math.round(duration))')
    await expect.poll(durations).toEqual([3, 3])
    expect(await page.locator('.card video').first().getAttribute('poster')).toMatch(/-CoverBySnapshot-/)
    const link = page.locator('.card .links a').first()
    expect(await link.getAttribute('href')).toMatch(/^outputs\/\w+-Transcode-/)
    await page.close()
  })

  it.each([390, 1280])('its cards are equal at %i px', async (width) => {
    await open('succeeded', { width })
    expect(new Set(await heightsOf('.card')).size).toBe(1)
    expect(new Set(await heightsOf('.card .media')).size).toBe(1)
    await page.close()
  })

  it('a verdict is at its time: in the timeline, and with a link that moves the player there', async () => {
    await open('succeeded')
    expect(await texts('.timeline .what')).toContain('Moderation of Media: review Porn')
    expect(await texts('.verdict')).toEqual([
      expect.stringMatching(/^Media review Porn at [\d:]+ 0:00 to 0:01 review Porn confidence 75$/),
      expect.stringMatching(/^Cover pass at [\d:]+$/),
    ])
    const time = () => page.evaluate('document.querySelector("video").currentTime')
    await expect.poll(() => page.evaluate('document.querySelector("video").readyState')).toBeGreaterThan(0)
    await page.evaluate('document.querySelector("video").currentTime = 2')
    await expect.poll(time).toBe(2)
    await page.locator('.segments a').first().click()
    await expect.poll(time).toBe(0)
    expect(page.url()).toBe(report)
    await page.close()
  })

  it('without scripts, that link opens the film at its time', async () => {
    await open('succeeded', { withScripts: false })
    await page.locator('.segments a').first().click()
    await expect.poll(() => page.url()).toMatch(/outputs\/.*\.mp4#t=0$/)
    await page.close()
  })

  it('a film whose file is gone is marked', async () => {
    const path = join(folder, 'succeeded', 'report.html')
    const whole = await readFile(path, 'utf8')
    await writeFile(path, whole.replace(/src="outputs\/[^"]*\.mp4"/, 'src="outputs/gone.mp4"'))
    page = await browser.newPage()
    await page.goto(pathToFileURL(path).href)
    await expect.poll(() => page.locator('.card.lost').count()).toBe(1)
    expect(await page.locator('.card.lost .unloaded').isVisible()).toBe(true)
    expect(await page.locator('.card:not(.lost) .unloaded').first().isVisible()).toBe(false)
    await page.close()
    await writeFile(path, whole)
  })
})

describe('a run with a problem', () => {
  it('shows the problems first, and in red', async () => {
    await open('partial')
    expect(await texts('.problems li strong')).toEqual(['SampleSnapshot 10', 'AdaptiveDynamicStreaming 10'])
    const headings = await texts('.run h3')
    expect(headings.slice(0, 4)).toEqual(['2 problems', 'Next steps', 'Timeline', 'Outputs'])
    const color = 'getComputedStyle(document.querySelector(".problems strong")).color'
    expect(await page.evaluate(color)).toBe('rgb(207, 34, 46)')
    const bottom = await page
      .locator('.problems')
      .evaluate((element) => element.getBoundingClientRect().bottom)
    expect(bottom).toBeLessThan(900)
    await page.close()
  })

  it('marks what is missing among the outputs, before them, and says why', async () => {
    await open('partial')
    const [pictures, hls, made] = await texts('.card')
    expect(hls).toBe(
      'Missing AdaptiveDynamicStreaming 10 Missing. failed: SourceFileError.Broken: a scripted fault',
    )
    expect(pictures).toMatch(/^Missing SampleSnapshot 10 Missing\. failed: InternalError/)
    expect(made).toMatch(/^Transcode 100010/)
    expect(new Set(await heightsOf('.card')).size).toBe(1)
    expect(await texts('.key div')).toContain('Outputs 3 of 5')
    await page.close()
  })
})

it('calls with their RequestId are folded, on paper too unless they were unfolded', async () => {
  await open('partial')
  const { runs } = await caseOf('partial')
  const { requestId } = runs[0].submissions[0]
  const shown = page.locator('.calls code', { hasText: requestId })
  expect(await shown.isVisible()).toBe(false)
  await page.emulateMedia({ media: 'print' })
  expect(await shown.isVisible()).toBe(false)
  await page.locator('.calls summary').click()
  expect(await shown.isVisible()).toBe(true)
  expect(await page.locator('.calls li').count()).toBe(runs[0].moments.length)
  await page.close()
})

it('a pipeline: its steps in order, and the person who decided at the gate', async () => {
  await open('pipeline')
  expect(await texts('.steps h4')).toEqual([
    'ProcessMediaByProcedure succeeded',
    'ReviewAudioVideo succeeded',
  ])
  const entries = await texts('.timeline li')
  const place = (pattern: RegExp) => entries.findIndex((text) => pattern.test(text))
  const order = [
    /ProcessMediaByProcedure/,
    /Task Procedure/,
    /Task ReviewAudioVideo/,
    /Moderation of Media/,
    /Review gate review approved by ada: a beach [\d.]+ m?s/,
  ]
  expect(order.map(place)).toEqual(order.map(place).toSorted((one, other) => one - other))
  expect(order.map(place)).not.toContain(-1)
  expect(await texts('.decision')).toEqual([
    expect.stringMatching(/^approved ada decided at the gate "review": approved \(a beach\) at [\d:]+$/),
  ])
  await page.close()
})

it('a batch: how many items ended how, each item, and the bad ones first', async () => {
  await open('batch')
  expect((await texts('.run h3')).slice(0, 3)).toEqual(['2 problems', 'Items', 'Timeline'])
  expect(await texts('.key div')).toContain('Items 2 of 4 succeeded')
  expect(await texts('.tiles div')).toEqual(['succeeded 2', 'failed 1', 'missing 1'])
  const items = await texts('.items li')
  expect(items.map((text) => text.split(' ')[1]).toSorted()).toEqual([
    'failed',
    'missing',
    'succeeded',
    'succeeded',
  ])
  expect(items.slice(2).every((text) => text.includes('succeeded'))).toBe(true)
  expect(items.join()).toMatch(/vodflow report library\/\d+ --copy/)
  expect(await page.locator('.timeline li', { hasText: 'Item' }).count()).toBe(3)
  await page.close()
})
