import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { clean } from '../../contract/visible.js'
import type { CaseFile } from './caseFile.js'
import { pageOf } from './page/page.js'
import { notWrittenHere, readReplaceable, replaceFile } from './replaceFile.js'

interface Places {
  readonly page: string
  readonly json: string
}

/** Returns the paths of the case file in a folder. */
function placesIn(folder: string): Places {
  return { page: join(folder, 'report.html'), json: join(folder, 'report.json') }
}

/**
 * Returns the case file that a folder already has.
 *
 * @throws Error with the path of a file that would be replaced, but that vodflow did not write
 */
export async function earlierCaseFile(folder: string): Promise<CaseFile | undefined> {
  const { page, json } = placesIn(folder)
  const text = await readReplaceable(page)
  if (text !== undefined && !text.includes('>Case file of vodflow ')) throw notWrittenHere(page)
  const data = await readReplaceable(json)
  const earlier = data === undefined ? undefined : caseFileIn(data)
  if (data !== undefined && !earlier) throw notWrittenHere(json)
  return earlier
}

function caseFileIn(text: string): CaseFile | undefined {
  try {
    const given = JSON.parse(text) as Partial<CaseFile> | null
    const { v, id, vodflow, runs = [] } = given ?? {}
    const isNamed = typeof id === 'string' && typeof vodflow === 'string'
    const isOne = v === 1 && isNamed && runs.every(hasFiles)
    return isOne ? (given as CaseFile) : undefined
  } catch {
    return undefined
  }
}

function hasFiles({ outputs }: CaseFile['runs'][number]): boolean {
  return Array.isArray(outputs) && outputs.every(({ files }) => Array.isArray(files))
}

/** Writes `report.html` and `report.json`, and creates the folder if necessary. Earlier files stay until the new ones are complete. */
export async function writeCaseFile(folder: string, file: CaseFile): Promise<Places> {
  const places = placesIn(folder)
  await mkdir(folder, { recursive: true })
  await replaceFile(places.page, pageOf(file))
  await replaceFile(places.json, clean(`${JSON.stringify(file, null, 2)}\n`))
  return places
}
