import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { makeTestClip } from '../../src/emulator/index.js'
import { launchChromium } from '../support/chromium.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

let app: ChildProcess
let output = ''
let browser: Browser
let page: Page
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodflow-films-'))
  app = spawn(process.execPath, ['--import', 'tsx', 'examples/web-app/run.ts'], {
    cwd: root,
    env: { ...process.env, KEEP: '1' },
  })
  for (const stream of [app.stdout, app.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 900, height: 700 } })
  await vi.waitUntil(() => app.exitCode !== null || output.includes('Everything keeps running'), {
    timeout: 180_000,
  })
  await page.goto(/web app +(\S+)/.exec(output)?.[1] ?? output)
})

afterAll(async () => {
  await browser?.close()
  app?.kill('SIGTERM')
})

async function upload(name: string, seconds = 4): Promise<void> {
  const path = join(folder, `${name}.mp4`)
  await makeTestClip(path, { seconds, width: 640, height: 360, fps: 25 })
  await page.setInputFiles('input[type=file]', path)
  await page.click('form button')
}

const row = (name: string) => page.locator('li', { hasText: name })

it('shows how far a film is, while VOD works on it', async () => {
  // Long enough to be seen at work on a fast machine.
  await upload('evening', 10)
  await row('evening').locator('progress').waitFor({ timeout: 60_000 })
  await expect.poll(() => row('evening').textContent(), { timeout: 180_000 }).toContain('published')
}, 240_000)

it.each([
  ['Approve', 'please review this', 'published'],
  ['Reject', 'please review that', 'rejected'],
])('%s: a person decides with a button', async (button, name, state) => {
  await upload(name)
  const film = row(name)
  await film.getByRole('button', { name: button }).waitFor({ timeout: 60_000 })
  // The person sees the film that VOD has made, and what VOD has found in it.
  expect(await film.locator('.found a').allTextContents()).toEqual(['Media: all segments'])
  const duration = () => film.locator('video').evaluate(({ duration }: { duration: number }) => duration)
  await expect.poll(duration).toBeCloseTo(4, 0)
  await film.getByRole('button', { name: button }).click({ timeout: 60_000 })
  await expect.poll(() => film.textContent()).toContain(state)
  expect(await film.textContent()).toContain('the editor: looked at it')
})

it('two who decide at once: the second is told', async () => {
  await upload('review by two')
  const other = await browser.newPage()
  await other.goto(page.url())
  const theirs = other.locator('li', { hasText: 'review by two' })
  await theirs.getByRole('button', { name: 'Reject' }).waitFor({ timeout: 60_000 })
  await row('review by two').getByRole('button', { name: 'Approve' }).click()
  await expect.poll(() => row('review by two').textContent()).toContain('published')
  const late = await other.evaluate(async () => {
    const films = (await (await fetch('/films')).json()) as { name: string; workflowId: string }[]
    const workflowId = films.find(({ name }) => name === 'review by two')?.workflowId ?? ''
    const answer = await fetch(`/films/${workflowId}/decision`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ decision: 'rejected', reason: 'too late' }),
    })
    return { status: answer.status, words: await answer.text() }
  })
  expect(late.status).toBe(409)
  expect(late.words).toContain('was refused')
})
