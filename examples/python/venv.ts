import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const venv = fileURLToPath(new URL('../../node_modules/.cache/temporalio-python', import.meta.url))
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))

/** Returns a Python with the packages of requirements.txt. It is kept for later runs. */
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
    const remedy = 'it needs Python 3.10 or newer with venv and pip, and access to PyPI'
    throw new Error(`Temporal's Python SDK cannot be installed: ${remedy}. ${(error as Error).message}`)
  }
  // The mark is written last, so that an interrupted installation starts over.
  await writeFile(`${venv}/installed`, wanted)
  return python
}
