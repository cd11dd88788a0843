import { readFile } from 'node:fs/promises'
import type { World } from './world.js'

/** Requests of this name that the dev server's frontend has taken since its start. */
export async function requestsTo({ server }: World, operation: string): Promise<number> {
  if (!server) throw new Error('only a dev server tells its requests')
  const text = await (await fetch(server.metricsUrl)).text()
  return text
    .split('\n')
    .filter((line) => line.startsWith('service_requests{') && line.includes('service_name="frontend"'))
    .filter((line) => line.includes(`operation="${operation}"`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** Linux counts processor time in hundredths of a second. */
const tickMs = 10

/** Processor time of another process since its start, ms. Linux only. */
export async function cpuMsOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}
