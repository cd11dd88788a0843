import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { launchChromium } from '../support/chromium.js'

const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>a page'))
let vod: Emulator
let media: string
let browser: Browser
let page: Page

beforeAll(async () => {
  vod = await startEmulator({ secretId: 'test', secretKey: 'test', media: 'instant' })
  const file = join(tmpdir(), `vodflow-page-${process.pid}.html`)
  writeFileSync(file, '<p>a page among the media')
  media = (await vod.upload(file)).MediaUrl
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  browser = await launchChromium({ resolve: 'evil.example.com 127.0.0.1' })
  page = await browser.newPage()
})
afterAll(async () => {
  await browser?.close()
  site.close()
  await vod?.close()
})

/** What the open page gets; empty where the browser shows it nothing. */
const got = (url: string, init: RequestInit = {}) =>
  page.evaluate(
    ([url, init]) =>
      fetch(url, init).then(
        (response) => response.text(),
        () => '',
      ),
    [url, init] as const,
  )

const fault = { method: 'POST', body: '{"kind":"dropCallback"}' }

it('a page of another site sends without a preflight, and changes nothing', async () => {
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  await got(`${vod.adminUrl}/faults`, { ...fault, mode: 'no-cors' })
  await got(`${vod.adminUrl}/faults`, { method: 'DELETE' })
  expect(await got(media)).toContain('a page among the media')
  expect(vod.faults.list()).toEqual([])
})

it('a page among the media reads and changes nothing', async () => {
  await page.goto(media)
  expect(await got(`${vod.adminUrl}/books`)).toContain('a page in a browser may only read media')
  expect(await got(`${vod.adminUrl}/faults`, fault)).toContain('a page in a browser may only read media')
  expect(vod.faults.list()).toEqual([])
})

it('a page that has pointed its name at this machine reads nothing', async () => {
  const { port } = new URL(vod.endpoint)
  await page.goto(media.replace('127.0.0.1', 'evil.example.com'))
  const text = await got(`http://evil.example.com:${port}/_admin/books`)
  expect(text).toContain('use 127.0.0.1, localhost')
})

it('a person who types the address reads the books', async () => {
  await page.goto(`${vod.adminUrl}/books`)
  expect(await page.textContent('body')).toContain('"callbacks":[]')
})
