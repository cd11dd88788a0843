import { type ChildProcess, fork, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { binary, root } from '../support/binary.js'
import { checkJson } from './documentedJson.js'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The real command, with nothing of our own environment that it reads. */
export function spawnVodflow(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = root,
) {
  return spawn(process.execPath, [binary, ...args], { cwd, env: environmentOf(env) })
}

function environmentOf(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { VODFLOW_MAC_KEYS: _, TEMPORAL_ADDRESS: __, ...inherited } = process.env
  return { ...inherited, ...env }
}

/** Runs it to its end, in a process of its own. */
export function inOwnProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawnVodflow(args, env)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}

/** Commands that serve until they are stopped, start programs or set up Temporal's runtime: what they leave open must end with them. */
const longRunning = new Set(['callbacks', 'codec', 'dev', 'emulator', 'verify-upgrade', 'worker'])

let idle: ChildProcess[] = []

/**
 * Runs it to its end, in a process that may have run other commands before. Output of --json must have the documented shape. `NODE_OPTIONS` has no effect there: what depends on a new
 * process takes `inOwnProcess`.
 */
export async function vodflow(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  if (longRunning.has(args[0] ?? '')) return inOwnProcess(args, env)
  idle = idle.filter(({ connected }) => connected)
  const host = idle.pop() ?? startHost()
  const ended = new Promise<Ended & { reusable: boolean }>((resolve, reject) => {
    host.once('message', resolve)
    host.once('exit', (code) =>
      reject(new Error(`vodflow ${args.join(' ')}: its process ended with ${code}`)),
    )
  })
  host.send({ binary, args, env: environmentOf(env) })
  const { reusable, ...answer } = await ended
  host.removeAllListeners('exit')
  if (reusable) idle.push(host)
  else host.kill()
  checkJson(args, answer.stdout)
  return answer
}

/** It ends with this process. */
function startHost(): ChildProcess {
  const host = fork(fileURLToPath(new URL('./host.mjs', import.meta.url)), {
    cwd: root,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  host.unref()
  host.channel?.unref()
  return host
}
