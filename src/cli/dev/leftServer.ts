import { readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, markOf, type ProcessMark } from '../../emulator/processMark.js'

/* A `vodflow dev` that was killed leaves its Temporal server running: a second server on the same file would lose runs. */

const lookMs = 20

const markOfServer = (dbFilename: string) => `${dbFilename}.process`

/** Writes down which server uses the file. */
export async function markServer(dbFilename: string, pid: number): Promise<void> {
  await writeFile(markOfServer(dbFilename), JSON.stringify(markOf(pid)))
}

/** Ends the server that a killed process has left on this file. The caller owns the folder of the file. */
export async function endLeftServer(dbFilename: string, signal?: AbortSignal): Promise<void> {
  const mark = await readMark(dbFilename)
  // Without its start, another process may have that pid by now.
  if (mark?.host !== hostname() || mark.started === undefined) return
  while (isRunning(mark)) {
    kill(mark)
    await sleep(lookMs, undefined, signal ? { signal } : {})
  }
}

function kill({ pid }: ProcessMark): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

async function readMark(dbFilename: string): Promise<ProcessMark | undefined> {
  try {
    return JSON.parse(await readFile(markOfServer(dbFilename), 'utf8')) as ProcessMark
  } catch {
    return undefined
  }
}
