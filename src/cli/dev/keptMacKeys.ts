import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { InvalidInputError } from '../../contract/errors.js'
import { parseMacKeys } from '../../contract/seal/macKeys.js'
import { readReplaceable } from '../../operate/report/replaceFile.js'
import { failing, fileError, writeGiven } from '../files.js'

/** Returns a new value for VODFLOW_MAC_KEYS. */
export function newMacKeys(): string {
  return `dev:${randomBytes(24).toString('hex')}`
}

/** Returns the MAC keys that a data folder keeps, because the tokens of its runs and tasks must verify after a restart. */
export async function keptMacKeys(folder: string): Promise<string> {
  const remedy = 'move it, or pass another folder; without its keys, events wake none of the waiting runs'
  const file = { option: '--data', path: join(folder, 'mac-keys'), remedy }
  const kept = (await failing(file, readReplaceable(file.path)))?.trim()
  if (kept === undefined) {
    const made = newMacKeys()
    await writeGiven(file, `${made}\n`, { mode: 0o600 })
    return made
  }
  try {
    parseMacKeys(kept)
    return kept
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    throw fileError(file, new Error('has no MAC keys, so vodflow did not write it'))
  }
}
