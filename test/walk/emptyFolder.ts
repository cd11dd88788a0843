import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../../', import.meta.url))

const execute = promisify(execFile)

/** A folder with `vodflow`, where `npm pack` has left the tarball, and `my-pipeline` of a user's, which the README has made. */
export interface EmptyFolder {
  readonly path: string
  /** In a shell, as typed, in one of the two or in another folder next to them. @returns what it printed. @throws Error with all of it when it fails. */
  sh(commands: string, where?: string): Promise<string>
  /** In a terminal of its own, in `my-pipeline`. @returns once it has printed `until`. @throws Error with all of it when it ends before. */
  terminal(commands: string, until: string): Promise<Terminal>
  remove(): Promise<void>
}

export interface Terminal {
  /** What was printed so far. */
  readonly printed: () => string
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>
  /** Ctrl-C, in everything that runs in it. */
  close(): Promise<void>
}

export async function openEmptyFolder(): Promise<EmptyFolder> {
  const scratch = await mkdtemp(join(tmpdir(), 'vodflow-package-'))
  const clone = join(scratch, 'vodflow')
  const terminals: Terminal[] = []
  await mkdir(clone)
  // From dist as it was built: to build it again here would take it away from tests that run beside this one.
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', clone], { cwd: root })
  return {
    path: join(scratch, 'my-pipeline'),
    async sh(commands, where = 'my-pipeline') {
      const options = { cwd: join(scratch, where), env: strangersEnvironment(), maxBuffer: 64 * 1024 * 1024 }
      const { stdout } = await execute('bash', ['-eu', '-c', commands], options).catch((error) => {
        throw new Error(`${commands}\n${error.stdout}${error.stderr}`)
      })
      return stdout
    },
    async terminal(commands, until) {
      const child = spawn('bash', ['-eu', '-c', commands], {
        cwd: join(scratch, 'my-pipeline'),
        env: strangersEnvironment(),
        detached: true,
      })
      let printed = ''
      const ended = once(child, 'close').then(([code]) => code)
      await new Promise<void>((resolve, reject) => {
        const hear = (text: Buffer) => {
          printed += text
          if (printed.includes(until)) resolve()
        }
        child.stdout.on('data', hear)
        child.stderr.on('data', hear)
        ended.then(() => reject(new Error(`${commands}\n${printed}`)), reject)
      })
      const terminal = {
        printed: () => printed,
        ended,
        async close() {
          if (child.exitCode === null && child.signalCode === null)
            process.kill(-(child.pid as number), 'SIGINT')
          await ended
        },
      }
      terminals.push(terminal)
      return terminal
    },
    async remove() {
      await Promise.all(terminals.map((terminal) => terminal.close()))
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

/** Nothing of this repository: neither its programs nor its settings. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '', XDG_CACHE_HOME, NODE_EXTRA_CA_CERTS } = process.env
  return {
    HOME,
    PATH: PATH.split(delimiter)
      .filter((folder) => !folder.includes('node_modules'))
      .join(delimiter),
    ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }),
    ...(NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS }),
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  }
}

/** The blocks of a page in a language, as they stand there. */
export async function blocksOf(page: string, language: string): Promise<readonly string[]> {
  const text = await readFile(join(root, page), 'utf8')
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, tag]) => tag === language)
    .map(([, , block = '']) => block)
}

// Temporal's time.d.ts asks for the types of ms, which do not resolve: said in its place, so that nothing is skipped.
export const typesOfMs = "declare module 'ms' {\n  export type StringValue = string\n}\n"

export const compilerOptions = {
  target: 'es2022',
  lib: ['es2023'],
  strict: true,
  noEmit: true,
  skipLibCheck: false,
}
