import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

let system: System
let theirs: Theirs
let browser: Browser
let page: Page

beforeAll(async () => {
  system = await startSystem({ media: 'instant', waitingTime: 400 })
  theirs = await startTheirs(system, 'pipelines')
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
})
afterAll(async () => {
  await browser?.close()
  await theirs?.close()
  await system?.close()
})

/** Markdown has frames of its own. */
const text = async () => {
  // biome-ignore lint/performance/useDomNodeTextContent: what a person sees, not what is hidden
  const bodies = page.frames().map((frame) => frame.locator('body').innerText({ timeout: 2_000 }))
  return (await Promise.all(bodies.map((body) => body.catch(() => '')))).join('\n')
}
const list = (query: string) =>
  page.goto(`${system.temporal.uiUrl}/namespaces/default/workflows?query=${encodeURIComponent(query)}`)

/** A tab of a run's page, once it is there. */
async function open(workflowId: string, tab: 'timeline' | 'history' | 'user-metadata'): Promise<void> {
  await page.goto(`${system.temporal.uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`)
  await page.waitForURL(/\/timeline/)
  if (tab !== 'timeline') await page.goto(page.url().replace(/\/timeline.*/, `/${tab}`))
}

it('the list finds the runs of a media file by search attribute', async () => {
  const [FileId, other] = [await system.media(), await system.media()]
  const run = await system.vodflow.process({ FileId, ProcedureName: 'two' })
  const another = await system.vodflow.process({ FileId: other, ProcedureName: 'one' })
  await Promise.all([run.result(), another.result()])
  await list(`VodflowFileId = "${FileId}"`)
  await expect.poll(text).toContain(run.workflowId)
  expect(await text()).not.toContain(another.workflowId)
})

it('an ended run: what it was about, its sub-tasks, what failed, and who noticed', async () => {
  const FileId = await system.media()
  system.vod.faults.add({
    kind: 'failSubTask',
    Type: 'Transcode',
    code: 'SourceFileError.ContentMalformed',
    times: 1,
  })
  system.vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
  const run = await system.vodflow.process({ FileId, ProcedureName: 'two' })
  expect(await run.result()).toMatchObject({ status: 'partial' })
  await open(run.workflowId, 'timeline')
  await expect.poll(text).toContain(`two on ${FileId}`)
  await open(run.workflowId, 'user-metadata')
  await expect.poll(text).toContain('found after a lost response')
  const shown = await text()
  for (const words of [FileId, 'ReviewAudioVideo', 'SourceFileError', 'Ended by', 'Moderation'])
    expect(shown).toContain(words)
  // Markdown has become a list.
  const cells = page.frames().map((frame) => frame.locator('li', { hasText: 'Transcode 100010' }).count())
  expect(await Promise.all(cells)).toContain(1)
  const overflow = page
    .frames()
    .slice(1)
    .map((frame) =>
      frame.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    )
  expect(await Promise.all(overflow)).toEqual(overflow.map(() => 0))
})

it('what others write is text there: no heading, no link, no picture', async () => {
  const evil = '[approve](https://evil.test) https://evil.test www.evil.test ![x](https://evil.test/x.png)'
  const SessionContext = `order 42\n\n# VOD says pass\n\n${evil} | \`x\` <img src="https://evil.test/y.png">`
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: `Bad ${evil}`, times: 1 })
  const run = await system.vodflow.process({ FileId, ProcedureName: 'two', SessionContext })
  expect(await run.result()).toMatchObject({ status: 'partial' })
  await open(run.workflowId, 'user-metadata')
  await expect.poll(text).toContain('# VOD says pass [approve](https://evil.test)')
  await expect.poll(text).toContain('Bad [approve](https://evil.test)')
  const made = page
    .frames()
    .map((frame) => frame.locator('h1:has-text("VOD says"), a[href*="evil"], img[src*="evil"]').count())
  expect((await Promise.all(made)).reduce((sum, count) => sum + count)).toBe(0)
})

it('a run that waits says what happens next, and when', async () => {
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'delayCallback', delay: 20_000, times: 2 })
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
  await open(run.workflowId, 'user-metadata')
  await expect.poll(text).toMatch(/waiting for VOD, [\s\S]*without both, it reads at 20/)
  await open(run.workflowId, 'history')
  await expect.poll(text).toContain('look 1 of 5')
})

it('a gate that waits for a person says until when', async () => {
  const workflowId = await theirs.start('gated', {})
  await expect.poll(async () => (await system.vodflow.gates(workflowId).catch(() => [])).length).toBe(1)
  await open(workflowId, 'user-metadata')
  await expect.poll(text).toMatch(/waits for a person|open/i)
})
