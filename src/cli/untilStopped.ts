import { constants } from 'node:os'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What ends a command that runs until it is stopped: Ctrl-C, a supervisor, or a terminal that has closed. */
export type StopSignal = (typeof stopSignals)[number]

/** Exit code of a process that a signal has ended, as shells count. */
export function exitCodeOf(signal: StopSignal): number {
  return 128 + constants.signals[signal]
}

/** What a command may take to end when it was told to, ms: more than a worker with calls in flight. A supervisor waits less. */
const longestEndMs = 90_000

/**
 * Resolves at the first of these signals. A second one ends the process without waiting; a terminal that closes may send several SIGHUPs.
 * A process that has not ended 90 s later ends with exit code 1, because something in it hangs.
 */
export function untilStopped(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let asked = false
    const stop = (signal: StopSignal) => {
      if (asked && signal !== 'SIGHUP') process.exit(exitCodeOf(signal))
      if (!asked) setTimeout(endByForce, longestEndMs, signal).unref()
      asked = true
      resolve(signal)
    }
    for (const signal of stopSignals) process.on(signal, stop)
  })
}

function endByForce(signal: StopSignal): void {
  console.error(`vodflow: did not end within ${longestEndMs / 1_000} s of ${signal}, and ends now`)
  process.exit(1)
}
