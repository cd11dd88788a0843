/** Takes the pictures of the docs again, from the code as it is now: `npm run screenshots`. Look at each before you commit it. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { startCallbackServer } from '../src/callbacks/index.js'
import { sampleTemplate } from '../src/cli/dev/sample.js'
import { type Stack, startStack } from '../src/cli/dev/stack.js'
import { connect, payloadEncryption, type Vodflow } from '../src/client/index.js'
import { makeTestClip } from '../src/emulator/media/testClip.js'
import { createCodecHandler } from '../src/operate/codec/index.js'
import { copyOutputs } from '../src/operate/report/copyOutputs.js'
import { gather } from '../src/operate/report/gather.js'
import { writeCaseFile } from '../src/operate/report/write.js'
import { launchChromium } from '../test/support/chromium.js'

/** Limit of a picture, bytes: the package contains them. */
const mostBytes = 300_000
const viewport = { width: 1280, height: 900 }
/** Time for the page to end its animations, ms. */
const settleMs = 1_000
const images = fileURLToPath(new URL('../docs/images/', import.meta.url))

const scratch = await mkdtemp(join(tmpdir(), 'vodflow-screenshots-'))
const browser = await launchChromium()
try {
  await withStack(undefined, (stack, vodflow) => picturesOfARun(browser, stack, vodflow))
  const keys = `k1:${randomBytes(32).toString('hex')}`
  await withStack(keys, (stack, vodflow) => pictureDecrypted(browser, stack, vodflow, keys))
} finally {
  await browser.close()
  await rm(scratch, { recursive: true, force: true })
}

/** Runs with a stack of its own, which encrypts payloads if there are keys. */
async function withStack(
  keys: string | undefined,
  run: (stack: Stack, vodflow: Vodflow) => Promise<void>,
): Promise<void> {
  const encryption = keys === undefined ? {} : { dataConverter: payloadEncryption(keys) }
  const stack = await startStack({ vod: {}, worker: { sweep: false }, ...encryption })
  const vodflow = await connect({ address: stack.temporal.address, ...encryption })
  try {
    await stack.vodClient.call('CreateProcedureTemplate', sampleTemplate)
    await run(stack, vodflow)
  } finally {
    await vodflow.close()
    await stack.close()
  }
}

/** A run with two sub-tasks that failed: in the list, in its details, and in its case file. */
async function picturesOfARun(browser: Browser, stack: Stack, vodflow: Vodflow): Promise<void> {
  stack.vod.faults.add(
    {
      kind: 'failSubTask',
      Type: 'AdaptiveDynamicStreaming',
      code: 'SourceFileError.ContentMalformed',
      times: 1,
    },
    { kind: 'failSubTask', Type: 'SampleSnapshot', code: 'InternalError', times: 1 },
  )
  const { FileId, workflowId } = await processed(stack, vodflow)
  const page = await browser.newPage({ viewport })
  await page.goto(`${uiOf(stack)}?query=${encodeURIComponent(`VodflowFileId = "${FileId}"`)}`)
  await page.getByText(workflowId).first().waitFor()
  await keep(page, 'ui-search')

  await page.goto(`${uiOf(stack)}/${encodeURIComponent(workflowId)}`)
  await page.waitForURL(/\/timeline/)
  await page.goto(page.url().replace(/\/timeline.*/, '/user-metadata'))
  const details = page.frameLocator('#user-metadata-current-details')
  await details.getByText('Ended by').first().waitFor()
  await keep(page, 'ui-details', 1_280)

  const file = await gather(vodflow, { id: FileId, workflowIds: [workflowId], ui: stack.temporal.uiUrl })
  const { page: report } = await writeCaseFile(scratch, await copyOutputs(file, scratch))
  await page.goto(pathToFileURL(report).href)
  await page.evaluate('Promise.all([...document.images].map((image) => image.decode()))')
  await page.waitForFunction(
    '[...document.querySelectorAll("video")].every(({ readyState }) => readyState >= 2)',
  )
  await keep(page, 'case-file', 1_320)
  await page.close()
}

/** A run with encrypted payloads, in a browser that uses the codec server. */
async function pictureDecrypted(
  browser: Browser,
  stack: Stack,
  vodflow: Vodflow,
  keys: string,
): Promise<void> {
  const { workflowId } = await processed(stack, vodflow)
  const handler = createCodecHandler({
    dataConverter: payloadEncryption(keys),
    origins: [stack.temporal.uiUrl],
    access: undefined,
    logger: { info() {}, warn() {} },
  })
  const codec = await startCallbackServer({ handler, port: 0 })
  try {
    const page = await browser.newPage({ viewport })
    await page.goto(`${uiOf(stack)}/${encodeURIComponent(workflowId)}`)
    await page.locator('[data-testid^=data-encoder-status]').first().click()
    await page.getByText('Use my browser setting').click()
    await page.locator('#data-encoder-endpoint-input').fill(codec.url.replace(/\/$/, ''))
    await page.getByTestId('confirm-modal-button').filter({ hasText: 'Apply' }).click()
    await page.reload()
    await page.getByText('"order 42"').first().waitFor()
    await keep(page, 'ui-codec')
    await page.close()
  } finally {
    await codec.close()
  }
}

/** Processes a clip with the template of the demo. */
async function processed(
  stack: Stack,
  vodflow: Vodflow,
): Promise<{ readonly FileId: string; readonly workflowId: string }> {
  const clip = join(scratch, 'clip.mp4')
  await makeTestClip(clip, { seconds: 3, width: 320, height: 180, fps: 25 })
  const { FileId } = await stack.vod.upload(clip, { name: 'episode 7' })
  const request = { FileId, ProcedureName: sampleTemplate.Name, SessionContext: 'order 42' }
  const run = await vodflow.process(request)
  await run.result()
  return { FileId, workflowId: run.workflowId }
}

function uiOf({ temporal }: Stack): string {
  return `${temporal.uiUrl}/namespaces/default/workflows`
}

/** Writes the top of a page into the docs. */
async function keep(page: Page, name: string, height = viewport.height): Promise<void> {
  await page.setViewportSize({ ...viewport, height })
  await sleep(settleMs)
  const path = join(images, `${name}.png`)
  await page.screenshot({ path })
  const { size } = await stat(path)
  console.log(`${path}: ${size} bytes`)
  if (size > mostBytes) throw new Error(`${path} exceeds ${mostBytes} bytes`)
}
