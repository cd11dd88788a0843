import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linesOf } from '../src/cli/describeRun.js'
import { sampleTemplate as template } from '../src/cli/dev/sample.js'
import { startStack } from '../src/cli/dev/stack.js'
import { requireFile } from '../src/cli/files.js'
import { progressView } from '../src/cli/progressView.js'
import { guard } from '../src/cli/terminal.js'
import { connect, type Outcome } from '../src/client/index.js'
import { moderationText } from '../src/contract/moderation.js'
import { makeTestClip } from '../src/emulator/media/testClip.js'
import { copyOutputs } from '../src/operate/report/copyOutputs.js'
import { gather } from '../src/operate/report/gather.js'
import { writeCaseFile } from '../src/operate/report/write.js'

/** What `vodflow report` writes. */
const folder = fileURLToPath(new URL('report', import.meta.url))
const say = (line = '') => console.log(line)
guard(process.stdout, process.stderr)

/** One media file from an upload to its outcome, with everything running on this machine. */
async function main(video: string | undefined, keep: boolean): Promise<void> {
  if (video !== undefined)
    await requireFile({ option: 'VIDEO', path: video, remedy: 'pass the path of a video' })
  const scratch = await mkdtemp(join(tmpdir(), 'vodflow-demo-'))
  const stack = await startStack({
    vod: { dataDir: join(scratch, 'vod') },
    onProgress: (line) => say(`  ${line}`),
  })
  try {
    const clip = video === undefined ? await makeClip(join(scratch, 'clip.mp4')) : resolve(video)
    const { FileId } = await stack.vod.upload(clip)
    await stack.vodClient.call('CreateProcedureTemplate', template)
    say(`  media           FileId ${FileId}, template ${template.Name}\n`)

    const vodflow = await connect({ address: stack.temporal.address })
    const run = await vodflow.process({ FileId, ProcedureName: template.Name, TasksNotifyMode: 'Change' })
    const show = progressView()
    for await (const progress of run.watch({ interval: 300 }))
      show(linesOf(run, { steps: [{ ...progress, key: '' }], gates: [], children: [] }))
    const outcome = await run.result()
    printOutcome(outcome, keep)
    const ui = stack.temporal.uiUrl
    const gathered = await gather(vodflow, { id: FileId, workflowIds: [run.workflowId], ui })
    const { page } = await writeCaseFile(folder, await copyOutputs(gathered, folder))
    say(`\n  workflow        ${run.workflowId}`)
    if (keep) say(`  Temporal UI     ${gathered.runs[0]?.uiUrl}`)
    say(`  report          ${page}`)
    await vodflow.close()
    if (keep) await untilInterrupted()
    else say('\n  Everything has ended. make demo KEEP=1 leaves the Temporal UI and the media up.')
    if (outcome.status !== 'succeeded') throw new Error(`the run ended ${outcome.status}`)
  } finally {
    await stack.close()
    await rm(scratch, { recursive: true, force: true })
  }
}

async function makeClip(path: string): Promise<string> {
  await makeTestClip(path, { seconds: 10, width: 1280, height: 720, fps: 25 })
  say(
    `  clip            10 s of a moving picture with sound, ${Math.round((await stat(path)).size / 1024)} KiB`,
  )
  return path
}

/** With the addresses of the outputs where they can be opened: the local VOD serves them. */
function printOutcome(outcome: Outcome, keep: boolean): void {
  const { status, reason, TaskId, ReviewAudioVideoTaskId, tasks } = outcome
  say(`\n  ${status}: ${reason}\n`)
  for (const { Type, Definition, status, urls } of tasks.flatMap(({ parts }) => parts)) {
    const name = `${Type}${Definition === undefined ? '' : ` ${Definition}`}`
    say(`  ${name.padEnd(34)} ${status}`)
    if (keep) for (const url of urls) say(`    ${url}`)
  }
  say(`\n  TaskId                 ${TaskId}\n  ReviewAudioVideoTaskId ${ReviewAudioVideoTaskId ?? 'none'}`)
  say(`  moderation             ${moderationLine(outcome)}`)
}

function moderationLine({ moderation, ReviewAudioVideoTaskId, tasks }: Outcome): string {
  if (moderation) return moderationText(moderation)
  if (ReviewAudioVideoTaskId === undefined) return 'not asked for'
  const parts = tasks.find(({ TaskId }) => TaskId === ReviewAudioVideoTaskId)?.parts ?? []
  const why = parts.map(({ status, ErrCodeExt, Message }) => [status, ErrCodeExt, Message].join(' ').trim())
  return `no verdict${why.length === 0 ? '' : `: ${why.join('; ')}`}`
}

async function untilInterrupted(): Promise<void> {
  say('\n  Everything keeps running until you press Ctrl-C.')
  await new Promise<void>((end) => {
    process.once('SIGINT', () => end())
    process.once('SIGTERM', () => end())
  })
}

main(process.env.VIDEO || undefined, process.env.KEEP === '1').catch((error) => {
  console.error(`\n  The demo failed: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
})
