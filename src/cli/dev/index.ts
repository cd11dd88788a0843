import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { actionsOption, portOption, textOption, textsOption } from '../options.js'
import { untilStopped } from '../untilStopped.js'
import { isFile } from './isFile.js'
import type { Stack } from './stack.js'

interface DevFlags {
  readonly video?: string
  readonly template: readonly string[]
  readonly data?: string
  readonly temporalPort: number
  readonly uiPort: number
  readonly callbacksPort: number
  readonly allow: readonly string[]
}

/** Everything on this machine, for trying out and for tests; no cloud account. */
export function registerDev(program: Command): void {
  program
    .command('dev')
    .description('everything up on this machine: Temporal with its UI, a local VOD, worker, callback service')
    .argument('[command...]', 'carried out with the settings for it, then everything ends; put -- before it')
    .option('--video <path>', 'a video of yours in the local VOD (default: a small test clip)', textOption)
    .option('--template <file>', 'JSON of CreateProcedureTemplate; may be repeated', textsOption, [])
    .option('--data <folder>', 'keeps runs and media there (default: forgets them at the end)', textOption)
    .option('--temporal-port <port>', '0 is any that is free', portOption, 7233)
    .option('--ui-port <port>', 'of the Temporal UI; 0 is any that is free', portOption, 8233)
    .option('--callbacks-port <port>', '0 is any that is free', portOption, 0)
    .option('--allow <actions>', 'actions beside the reads that workflows may call', actionsOption, [
      'ModifyMediaInfo',
      'DeleteMedia',
    ])
    .option('--no-ffmpeg', 'media are not really processed: quick, and without ffmpeg')
    .addHelpText('after', help)
    .action(async (command: readonly string[], flags: DevFlags & { ffmpeg: boolean }) => {
      const { video, template, data, temporalPort, uiPort, callbacksPort, allow, ffmpeg } = flags
      if (video !== undefined && !(await isFile(video)))
        throw new Error(`--video: there is no file ${resolve(video)}; give the path of a video`)
      const { templateOfFile } = await import('../templates/read.js')
      const templates = await Promise.all(template.map((file) => templateOfFile(file, undefined)))
      const stopped = untilStopped()
      const [{ startStack }, { putSample, putTemplates, sampleTemplate }] = await Promise.all([
        import('./stack.js'),
        import('./sample.js'),
      ])
      const folder = resolve(data ?? '.vodflow')
      await mkdir(folder, { recursive: true })
      const quiet = command.length > 0
      const say = (line: string) => (quiet ? console.error(line) : console.log(line))
      const stack = await startStack({
        onProgress: (line) => say(`  ${line}`),
        temporal: {
          port: temporalPort,
          uiPort,
          ...(data === undefined ? {} : { dbFilename: join(folder, 'temporal.db') }),
        },
        callbacksPort,
        vod: {
          media: ffmpeg ? 'ffmpeg' : 'instant',
          ...(data === undefined ? {} : { dataDir: join(folder, 'vod') }),
        },
        worker: { allow },
      })
      try {
        const FileId = await putSample(stack, { video, ffmpeg })
        await putTemplates(stack, templates)
        const environment = { ...stack.environment, VODFLOW_DEV_FILE_ID: FileId }
        if (quiet) {
          process.exitCode = await carryOut(command, environment, stopped)
          return
        }
        const file = join(folder, 'dev.env')
        await writeFile(file, exportsOf(environment), { mode: 0o600 })
        say(`  media           FileId ${FileId}, template ${sampleTemplate.Name}`)
        say(textOf(stack, { FileId, file, ProcedureName: sampleTemplate.Name }))
        await stopped
      } finally {
        await stack.close()
      }
    })
}

function textOf(
  { temporal }: Stack,
  { FileId, file, ProcedureName }: { FileId: string; file: string; ProcedureName: string },
): string {
  return `
  In another terminal:
    source ${file}
    npx vodflow process ${FileId} --procedure ${ProcedureName} --watch
  Then look at ${temporal.uiUrl}

  Everything stays up. Ctrl-C ends it.`
}

/** For a shell: local keys, of no use elsewhere. */
function exportsOf(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('')
}

/** @returns the exit code of the command. */
function carryOut(
  [name = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
  stopped: Promise<void>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { stdio: 'inherit', env: { ...process.env, ...environment } })
    stopped.then(() => child.kill('SIGTERM'))
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(`${name} cannot be carried out (${error.code}); check its name`)),
    )
    child.once('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)))
  })
}

const help = `
Needs ffmpeg (on PATH, or the packages @ffmpeg-installer/ffmpeg and @ffprobe-installer/ffprobe) unless --no-ffmpeg; it finds Temporal on PATH,
or fetches it. The settings for a shell are written to dev.env in the folder of --data, else in .vodflow.

Examples:
  vodflow dev
  vodflow dev --video clip.mp4 --data ./dev-data
  vodflow dev --template episode.json
  vodflow dev --temporal-port 0 --ui-port 0 -- npm test
`
