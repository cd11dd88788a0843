import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../../', import.meta.url))

const execute = promisify(execFile)

/** A folder of a user's, and the tarball as the registry would have it. */
export interface EmptyFolder {
  readonly path: string
  readonly tarball: string
  /** In a shell, as typed. @returns what it printed. @throws Error with all of it when it fails. */
  sh(commands: string): Promise<string>
  remove(): Promise<void>
}

export async function openEmptyFolder(): Promise<EmptyFolder> {
  const scratch = await mkdtemp(join(tmpdir(), 'vodflow-package-'))
  // From dist as it was built: to build it again here would take it away from tests that run beside this one.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', scratch]
  const packed = await execute('npm', pack, { cwd: root })
  const tarball = join(scratch, JSON.parse(packed.stdout)[0].filename)
  const path = await mkdtemp(join(scratch, 'empty-'))
  return {
    path,
    tarball,
    async sh(commands) {
      const options = { cwd: path, env: strangersEnvironment(), maxBuffer: 64 * 1024 * 1024 }
      const { stdout } = await execute('sh', ['-eu', '-c', commands], options).catch((error) => {
        throw new Error(`${commands}\n${error.stdout}${error.stderr}`)
      })
      return stdout
    },
    remove: () => rm(scratch, { recursive: true, force: true }),
  }
}

/** Nothing of this repository: neither its programs nor its settings. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '', XDG_CACHE_HOME } = process.env
  return {
    HOME,
    PATH: PATH.split(delimiter)
      .filter((folder) => !folder.includes('node_modules'))
      .join(delimiter),
    ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }),
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  }
}

/** The blocks of README.md in a language, as they stand there. */
export async function readmeBlocks(language: string): Promise<readonly string[]> {
  const text = await readFile(join(root, 'README.md'), 'utf8')
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, tag]) => tag === language)
    .map(([, , block = '']) => block)
}
