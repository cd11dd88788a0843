import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const script = fileURLToPath(new URL('start.py', import.meta.url))

/** The output of start.py. */
export interface Printed {
  readonly status: string
  readonly attached: boolean
  readonly TaskId: string | null
  readonly urls: readonly string[]
}

export interface Job {
  readonly address: string
  readonly workflowId: string
  readonly request: Record<string, unknown>
}

/**
 * Runs a Python process that requests a job and waits for its end.
 *
 * @throws Error whose `stderr` has Python's message if the job failed
 */
export async function startJob(python: string, { address, workflowId, request }: Job): Promise<Printed> {
  const env = { ...process.env, TEMPORAL_ADDRESS: address }
  const args = [script, workflowId, JSON.stringify(request)]
  const { stdout } = await promisify(execFile)(python, args, { env })
  return JSON.parse(stdout)
}
