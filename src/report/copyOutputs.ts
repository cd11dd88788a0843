import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CaseFile, OutputFile } from './caseFile.js'
import { mediaKindOf, webAddress } from './media.js'

/** Of one output, and of all together, bytes. */
const maxBytes = 100 * 1024 * 1024
const maxTotal = 500 * 1024 * 1024
const timeoutMs = 60_000

/**
 * Copies pictures, sound and videos into `folder/outputs`: what is shown outlives VOD's storage. An output that cannot be had
 * says why, and the rest goes on.
 */
export async function copyOutputs(file: CaseFile, folder: string): Promise<CaseFile> {
  const target = join(folder, 'outputs')
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  let number = 0
  let left = maxTotal
  const copied = new Map<string, Pick<OutputFile, 'copy' | 'copyProblem'>>()
  for (const output of file.runs.flatMap(({ outputs }) => outputs)) {
    const address = webAddress(output.url)
    if (!address || mediaKindOf(output.url) === undefined || copied.has(output.url)) continue
    number += 1
    const name = `${number}-${output.Type}-${address.pathname.split('/').at(-1)}`
      .replaceAll(/[^\w.-]/g, '_')
      .slice(-120)
    try {
      const bytes = await download(output.url, Math.min(left, maxBytes))
      left -= bytes.length
      await writeFile(join(target, name), bytes)
      copied.set(output.url, { copy: `outputs/${name}` })
    } catch (error) {
      copied.set(output.url, { copyProblem: error instanceof Error ? error.message : String(error) })
    }
  }
  const withCopy = (output: OutputFile) => ({ ...output, ...copied.get(output.url) })
  return { ...file, runs: file.runs.map((run) => ({ ...run, outputs: run.outputs.map(withCopy) })) }
}

async function download(url: string, limit: number): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok || !response.body) throw new Error(`it answers ${response.status}`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.length
    if (size > limit) throw new Error(`it is larger than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
