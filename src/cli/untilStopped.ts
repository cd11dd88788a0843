import { constants } from 'node:os'

/** What ends a command that runs until it is stopped. */
export type StopSignal = 'SIGINT' | 'SIGTERM'

/** Exit code of a process that a signal has ended, as shells count. */
export function exitCodeOf(signal: StopSignal): number {
  return 128 + constants.signals[signal]
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function untilStopped(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let asked = false
    const stop = (signal: StopSignal) => {
      if (asked) process.exit(exitCodeOf(signal))
      asked = true
      resolve(signal)
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  })
}
