import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clean } from '../vod/visible.js'
import type { CaseFile } from './caseFile.js'
import { pageOf } from './page.js'

/** Writes `report.html` and `report.json` into a folder, which is made. */
export async function writeCaseFile(folder: string, file: CaseFile): Promise<{ page: string; json: string }> {
  const [page, json] = [join(folder, 'report.html'), join(folder, 'report.json')]
  await mkdir(folder, { recursive: true })
  await writeFile(page, pageOf(file))
  await writeFile(json, clean(`${JSON.stringify(file, null, 2)}\n`))
  return { page, json }
}
