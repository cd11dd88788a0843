import { spawn } from 'node:child_process'

/** A command that is told to end may clean up for so long, ms. */
const graceMs = 10_000

/**
 * Carries a command out to its end, and ends it when it is stopped or something that it needs has failed.
 *
 * @returns its exit code; 1 when a signal has ended it.
 * @throws Error when it cannot be started, and what `failed` rejects with.
 */
export async function carryOut(
  [name = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
  { signal, failed }: { readonly signal: AbortSignal; readonly failed: Promise<never> },
): Promise<number> {
  // Without a terminal nobody signals what the command itself has started: it has a group of its own, which is ended as a whole.
  const detached = !process.stdin.isTTY
  const child = spawn(name, args, { stdio: 'inherit', env: { ...process.env, ...environment }, detached })
  const end = (how: NodeJS.Signals) => {
    if (child.pid === undefined) return
    try {
      process.kill(detached ? -child.pid : child.pid, how)
    } catch {
      // It has ended.
    }
  }
  const kill = () => end('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(`${name} cannot be carried out (${error.code}); check its name`)),
    )
    child.once('exit', (code, by) => resolve(by ? 1 : (code ?? 1)))
  })
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    end('SIGTERM')
    timer = setTimeout(kill, graceMs)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([ended, unlessStopped(failed, signal)])
  } catch (error) {
    stop()
    await ended.catch(() => {})
    throw error
  } finally {
    clearTimeout(timer)
    process.off('exit', kill)
    signal.removeEventListener('abort', stop)
  }
}

/** A Ctrl-C ends the parts of the stack too: that is no failure. */
function unlessStopped(failed: Promise<never>, signal: AbortSignal): Promise<never> {
  return failed.catch((error: unknown) => {
    if (signal.aborted) return new Promise<never>(() => {})
    throw error
  })
}
