import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const venv = fileURLToPath(new URL('../../node_modules/.cache/temporal-python', import.meta.url))
const folder = fileURLToPath(new URL('.', import.meta.url))

/** A virtual environment with Temporal's Python SDK, made once. @throws Error when Python 3 with venv and pip is missing. */
export async function installPython(): Promise<void> {
  if (existsSync(`${venv}/installed`)) return
  const failed = (error: Error) => {
    throw new Error(
      `Temporal's Python SDK cannot be installed; Python 3 with venv and pip is needed: ${error.message}`,
    )
  }
  await exec('python3', ['-m', 'venv', venv]).catch(failed)
  await exec(`${venv}/bin/python`, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '-r',
    `${folder}requirements.txt`,
  ]).catch(failed)
  await exec('touch', [`${venv}/installed`])
}

export interface Said {
  readonly status: string
  readonly TaskId: string
  readonly urls: readonly string[]
}

/** Runs start.py. @throws Error with what it wrote on standard error. */
export async function startFromPython(TEMPORAL_ADDRESS: string, request: object): Promise<Said> {
  const args = [`${folder}start.py`, JSON.stringify(request)]
  const { stdout } = await exec(`${venv}/bin/python`, args, { env: { ...process.env, TEMPORAL_ADDRESS } })
  return JSON.parse(stdout)
}
