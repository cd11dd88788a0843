import { readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, markOf, type ProcessMark } from '../../emulator/processMark.js'

/* A killed `vodflow dev` leaves its Temporal server running, and a second server on the same file would lose runs. */

const pollMs = 20

const markOfServer = (dbFilename: string) => `${dbFilename}.process`

/** Records which server uses the file. */
export async function markServer(dbFilename: string, pid: number): Promise<void> {
  await writeFile(markOfServer(dbFilename), JSON.stringify(markOf(pid)))
}

/** Ends the server that a killed process left on this file. The caller must own the folder of the file. */
export async function endLeftoverServer(dbFilename: string, signal?: AbortSignal): Promise<void> {
  const mark = await readMark(dbFilename)
  // Without the start time of the process, another one may have its pid by now.
  if (mark?.host !== hostname() || mark.started === undefined) return
  while (isRunning(mark)) {
    kill(mark)
    await sleep(pollMs, undefined, signal ? { signal } : {})
  }
}

function kill({ pid }: ProcessMark): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has already ended.
  }
}

async function readMark(dbFilename: string): Promise<ProcessMark | undefined> {
  try {
    return JSON.parse(await readFile(markOfServer(dbFilename), 'utf8')) as ProcessMark
  } catch {
    return undefined
  }
}
