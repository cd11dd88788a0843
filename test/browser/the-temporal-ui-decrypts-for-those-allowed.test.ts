import { type ChildProcess, execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Stack, startStack } from '../../src/cli/dev/stack.js'
import { findTemporal } from '../../src/cli/dev/temporalBinary.js'
import { connect, payloadEncryption } from '../../src/client/index.js'
import { spawnVodflow } from '../cli/cli.js'
import { launchChromium } from '../support/chromium.js'
import { transcodeOnly } from '../support/system.js'

const keys = `k1:${randomBytes(32).toString('hex')}`
const token = randomBytes(24).toString('hex')
const context = 'my-own-context'

let stack: Stack
let browser: Browser
let page: Page
let workflowId: string
const codecs: ChildProcess[] = []

beforeAll(async () => {
  const dataConverter = payloadEncryption(keys)
  stack = await startStack({ vod: { media: 'instant' }, worker: { sweep: false }, dataConverter })
  await stack.vodClient.call('CreateProcedureTemplate', transcodeOnly)
  const path = join(tmpdir(), `vodflow-codec-${process.pid}.mp4`)
  await writeFile(path, '')
  const { FileId } = await stack.vod.upload(path, { name: 'clip' })
  const vodflow = await connect({ address: stack.temporal.address, dataConverter })
  const run = await vodflow.process({ FileId, ProcedureName: 'one', SessionContext: context })
  await run.result()
  await vodflow.close()
  workflowId = run.workflowId
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1400, height: 1000 } })
})
afterAll(async () => {
  for (const codec of codecs) codec.kill()
  await browser?.close()
  await stack?.close()
})

/** The real command. @returns its address */
async function startCodec(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const args = ['codec', '--port', '0', '--ui-origin', stack.temporal.uiUrl]
  const codec = spawnVodflow(args, { VODFLOW_PAYLOAD_KEYS: keys, ...env })
  codecs.push(codec)
  return new Promise((resolve, reject) => {
    let said = ''
    codec.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const [url] = /http:\S+(?=\s)/.exec(said) ?? []
      if (url) resolve(url.replace(/\/$/, ''))
    })
    codec.once('exit', (code) => reject(new Error(`vodflow codec ended with ${code}`)))
  })
}

async function use(endpoint: string): Promise<void> {
  await page.locator('[data-testid^=data-encoder-status]').first().click()
  await page.getByText('Use my browser setting').click()
  await page.locator('#data-encoder-endpoint-input').fill(endpoint)
  await page.getByTestId('confirm-modal-button').filter({ hasText: 'Apply' }).click()
  await page.reload()
}

// biome-ignore lint/performance/useDomNodeTextContent: what a person sees, not what is hidden
const shown = () => page.locator('body').innerText()

it('without a codec server the UI has nothing to show; with ours it shows what was asked for and what came of it', async () => {
  await page.goto(`${stack.temporal.uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`)
  await expect.poll(shown).toMatch(/Result\s+"[\w+/=]{40}/)
  expect(await shown()).not.toContain(context)
  await use(await startCodec())
  await expect.poll(shown).toMatch(/"SessionContext":\s*"my-own-context"/)
  await expect.poll(shown).toMatch(/"status":\s*"succeeded"/)
})

it('without a token the UI shows ciphertext where tokens are asked for', async () => {
  await use(await startCodec({ VODFLOW_CODEC_TOKENS: `ann:${token}` }))
  await expect.poll(shown).toMatch(/Result\s+"[\w+/=]{40}/)
  expect(await shown()).not.toContain(context)
})

it('the temporal command reads with a token, and not without', async () => {
  const endpoint = await startCodec({ VODFLOW_CODEC_TOKENS: `ann:${token}` })
  const show = async (...auth: string[]) => {
    const where = [
      '--command-timeout',
      '5s',
      '--address',
      stack.temporal.address,
      '--codec-endpoint',
      endpoint,
      ...auth,
    ]
    const args = ['workflow', 'show', '--workflow-id', workflowId, '--output', 'json', ...where]
    const { stdout } = await promisify(execFile)(await findTemporal({ tool: 'temporal' }), args)
    const data = [...stdout.matchAll(/"data": "([^"]*)"/g)].map(([, base64 = '']) =>
      Buffer.from(base64, 'base64'),
    )
    return data.join('\n')
  }
  expect(await show('--codec-auth', `Bearer ${token}`)).toContain(context)
  await expect(show()).rejects.toMatchObject({ stdout: expect.not.stringContaining('"data"') })
})
