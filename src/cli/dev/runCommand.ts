import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Time that a command and its child processes have to clean up after SIGTERM, ms. */
const graceMs = 10_000
const pollMs = 50

/**
 * Runs a command to its end. Ends it early at a stop signal, or when a part that it needs has failed. Without a terminal, its child
 * processes end with it.
 *
 * @param environment - all of its variables
 * @returns its exit code; 1 if a signal ended it
 * @throws Error if it cannot be started, or the error with which `failed` rejects
 */
export async function runCommand(
  [name = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
  { signal, failed }: { readonly signal: AbortSignal; readonly failed: Promise<never> },
): Promise<number> {
  // Without a terminal, the command has a process group of its own, which is signaled as a whole. In a terminal, it shares the group
  // that the terminal signals.
  const detached = !process.stdin.isTTY
  const child = spawn(name, args, { stdio: 'inherit', env: environment, detached })
  /** Sends a signal. Returns true if it reached a process; 0 only checks that. */
  const reach = (how: NodeJS.Signals | 0): boolean => {
    if (child.pid === undefined) return false
    if (!detached) return child.kill(how)
    try {
      return process.kill(-child.pid, how)
    } catch {
      return false
    }
  }
  let killed = false
  const kill = () => {
    killed = true
    reach('SIGKILL')
  }
  process.once('exit', kill)
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(`${name} cannot be run (${error.code}); check its name`)),
    )
    child.once('exit', (code, by) => resolve(by ? 1 : (code ?? 1)))
  })
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    // Only once, because many programs skip their cleanup at a second SIGTERM.
    if (timer) return
    reach('SIGTERM')
    timer = setTimeout(kill, graceMs)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([ended, unlessStopped(failed, signal)])
  } finally {
    stop()
    while (!killed && reach(0)) await sleep(pollMs)
    clearTimeout(timer)
    process.off('exit', kill)
    signal.removeEventListener('abort', stop)
  }
}

/** Ctrl-C also ends the parts of the stack, which is no failure. */
function unlessStopped(failed: Promise<never>, signal: AbortSignal): Promise<never> {
  return failed.catch((error: unknown) => {
    if (signal.aborted) return new Promise<never>(() => {})
    throw error
  })
}
