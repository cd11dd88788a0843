import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const venv = fileURLToPath(new URL('../../node_modules/.cache/temporalio-python', import.meta.url))
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))

/** A Python that has what requirements.txt names, kept from one time to the next. */
export async function pythonWithTemporal(): Promise<string> {
  const python = `${venv}/bin/python`
  const wanted = await readFile(requirements, 'utf8')
  const installed = await readFile(`${venv}/installed`, 'utf8').catch(() => '')
  if (installed === wanted) return python
  try {
    await rm(venv, { recursive: true, force: true })
    await exec('python3', ['-m', 'venv', venv])
    await exec(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements])
  } catch (error) {
    const remedy = 'Python 3.10 or newer with venv and pip is needed, and PyPI'
    throw new Error(`Temporal's Python SDK cannot be installed: ${remedy}. ${(error as Error).message}`)
  }
  // Last, so that an installation that was broken off is begun anew.
  await writeFile(`${venv}/installed`, wanted)
  return python
}
