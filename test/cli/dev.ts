import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { spawnVodflow } from './cli.js'

export const anyPorts = ['--temporal-port', '0', '--ui-port', '0', '--vod-port', '0']
export const soon = { timeout: 60_000 }

/** `vodflow dev`, and a mark that every process has which it starts. */
export function dev(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const mark = randomUUID()
  const child = spawnVodflow(['dev', ...args], { ...env, VODFLOW_TEST_MARK: mark })
  child.stdin.end()
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said.text += chunk
    })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, said, ended, marked: () => processesWith(mark) }
}

/** What runs with a mark in its environment, by its command. */
async function processesWith(mark: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    ids.map(async (id) => {
      try {
        if (!(await readFile(`/proc/${id}/environ`, 'latin1')).includes(mark)) return []
        const command = (await readFile(`/proc/${id}/cmdline`, 'latin1')).split('\0')[0] ?? ''
        // One that is about to be reaped has no command any more.
        return command === '' ? [] : [`${id} ${command}`]
      } catch {
        return []
      }
    }),
  )
  return found.flat()
}

export async function endsAlone(
  started: ReturnType<typeof dev>,
): Promise<{ code: number | null; text: string }> {
  const code = await started.ended
  await expect.poll(started.marked, soon).toEqual([])
  return { code, text: started.said.text }
}
