import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { makeTestClip } from '../../src/emulator/media/testClip.js'
import { launchChromium } from '../support/chromium.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

let demo: ChildProcess
let output = ''
let browser: Browser
let page: Page

/** What the demo printed behind a label. */
const printed = (label: string) => new RegExp(`^  ${label} +(\\S.*)$`, 'm').exec(output)?.[1] ?? ''

beforeAll(async () => {
  // Of few pixels: the default clip takes most of a minute of processor time, and `npm run walk` has it.
  const VIDEO = join(await mkdtemp(join(tmpdir(), 'vodflow-demo-video-')), 'clip.mp4')
  await makeTestClip(VIDEO, { seconds: 4, width: 320, height: 180, fps: 25 })
  demo = spawn(process.execPath, ['--import', 'tsx', 'demo/run.ts'], {
    cwd: root,
    env: { ...process.env, KEEP: '1', VIDEO },
  })
  demo.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  demo.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1400, height: 1000 } })
  await vi.waitUntil(() => demo.exitCode !== null || output.includes('Everything keeps running'), {
    timeout: 200_000,
  })
  expect(output).toContain('Everything keeps running')
})

afterAll(async () => {
  await browser?.close()
  demo?.kill('SIGKILL')
})

it('prints the outcome, the ids and the addresses', () => {
  expect(output).toContain('succeeded: 8 of 8 sub-tasks succeeded.')
  expect(printed('TaskId')).toMatch(/-procedurev2-/)
  expect(printed('ReviewAudioVideoTaskId')).toMatch(/-ReviewAudioVideo-/)
  expect(output).toMatch(/http:\/\/127\.0\.0\.1:\d+\/media\/\S+adp\.10\.m3u8/)
})

it('the Temporal UI shows the run: its name, its result, and what each activity was for', async () => {
  await page.goto(printed('Temporal UI'))
  await page.waitForURL(/\/timeline/)
  const text = () => page.locator('main, body').last().textContent()
  await expect.poll(text).toContain('processMediaByProcedure')
  await expect.poll(text).toContain('8 of 8 sub-tasks succeeded.')
  await page.goto(page.url().replace(/\/timeline.*/, '/history'))
  await expect.poll(text).toContain('Workflow Execution Completed')
  await expect.poll(text).toContain('an event announced the end')
  await expect.poll(text).toContain('look 1 of 5')
})

it('the report shows pictures, a video that plays, the verdict and the timeline', async () => {
  await page.goto(pathToFileURL(printed('report')).href)
  expect(await page.locator('.status').textContent()).toBe('succeeded')
  expect(await page.locator('.moderation').textContent()).toMatch(/^pass/)
  // Cover, 3 + 10 snapshots, sprite.
  await expect
    .poll(() => page.evaluate('[...document.images].filter((image) => image.naturalWidth > 0).length'))
    .toBe(15)
  const video = 'document.querySelector("video")'
  await expect.poll(() => page.evaluate(`${video}.readyState`)).toBeGreaterThanOrEqual(3)
  expect(await page.evaluate(`${video}.duration`)).toBeCloseTo(4, 0)
  await page.evaluate(`(${video}.muted = true, ${video}.play())`)
  await expect.poll(() => page.evaluate(`${video}.currentTime`)).toBeGreaterThan(0.5)
  expect(await page.locator('.timeline').textContent()).toMatch(
    /started by[\s\S]*Task Procedure[\s\S]*7 of 7 sub-tasks[\s\S]*completed/,
  )
  expect(await page.locator('.calls').textContent()).toMatch(/an event was pushed[\s\S]*has ended/)
})

it('ends with exit code 0 at Ctrl-C, and leaves nothing running', async () => {
  const uiUrl = new URL(printed('Temporal UI')).origin
  const vodUrl = printed('local VOD')
  demo.kill('SIGINT')
  const [code] = await once(demo, 'exit')
  expect(code).toBe(0)
  for (const url of [uiUrl, vodUrl])
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
})
