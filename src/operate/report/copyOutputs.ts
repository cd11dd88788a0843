import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { minute } from '../../contract/time.js'
import { unreachable } from '../../contract/unreachable.js'
import { boundedBody } from '../boundedBody.js'
import type { CaseFile, MediaFile, OutputFile } from './caseFile.js'
import { mediaKindOf, webAddress } from './media.js'
import { putFile } from './replaceFile.js'

/** Limits of one output and of all outputs, in bytes. */
const maxBytes = 100 * 1024 * 1024
const maxTotal = 500 * 1024 * 1024
const timeoutMs = minute

type Copy = Pick<MediaFile, 'copy' | 'bytes' | 'copyProblem'>

/**
 * Copies pictures, sound and videos into `folder/outputs`, so that the report outlives VOD's storage. If an output cannot be copied, the
 * reason is recorded, and the others are copied. Nothing in the folder is removed, because a copy is named by its content.
 */
export async function copyOutputs(file: CaseFile, folder: string): Promise<CaseFile> {
  const target = join(folder, 'outputs')
  await mkdir(target, { recursive: true })
  let left = maxTotal
  const copied = new Map<string, Copy>()
  for (const [{ Type }, { url }] of filesOf(file)) {
    const address = webAddress(url)
    if (!address || mediaKindOf(url) === undefined || copied.has(url)) continue
    try {
      const bytes = await download(url, Math.min(left, maxBytes))
      left -= bytes.length
      const name = nameOf(bytes, `${Type}-${address.pathname.split('/').at(-1)}`)
      await putFile(join(target, name), bytes)
      copied.set(url, { copy: `outputs/${name}`, bytes: bytes.length })
    } catch (error) {
      copied.set(url, { copyProblem: error instanceof Error ? error.message : String(error) })
    }
  }
  return withCopies(file, (_, { url }) => copied.get(url))
}

/** Adds the copies of outputs that an earlier report in the folder has. */
export function keepCopies(file: CaseFile, earlier: CaseFile | undefined): CaseFile {
  const copies = new Map(
    (earlier ? filesOf(earlier) : [])
      .filter(([, { copy = '' }]) => /^outputs\/\w[\w.-]*$/.test(copy))
      .map(([output, media]) => [fileName(output, media), media]),
  )
  return withCopies(file, (output, media) => {
    const { copy, bytes } = media.copy === undefined ? (copies.get(fileName(output, media)) ?? {}) : media
    return { ...(copy === undefined ? {} : { copy }), ...(bytes === undefined ? {} : { bytes }) }
  })
}

/** Returns the number of copies, and the outputs that lack one, by the reason. A list that comes with copied pictures is not missed. */
export function copiesIn(file: CaseFile): {
  readonly copied: number
  readonly missing: ReadonlyMap<string, readonly string[]>
} {
  const outputs = file.runs.flatMap((run) => run.outputs)
  const missing = new Map<string, string[]>()
  for (const { Type, Definition, files } of outputs) {
    const failed = files.filter(({ copy, copyProblem }) => copy === undefined && copyProblem !== undefined)
    const skipped = files.every(({ copy }) => copy === undefined) ? files : []
    const name = Definition === undefined ? Type : `${Type} ${Definition}`
    for (const { url, copyProblem = whySkipped(url) } of failed.length > 0 ? failed : skipped) {
      const names = missing.get(copyProblem) ?? []
      if (!names.includes(name)) missing.set(copyProblem, [...names, name])
    }
  }
  const copies = filesOf(file).flatMap(([, { copy = [] }]) => copy)
  return { copied: new Set(copies).size, missing }
}

function whySkipped(url: string): string {
  if (!webAddress(url)) return 'the URL is not http or https'
  if (/\.(m3u8|mpd)$/i.test(url.split(/[?#]/)[0] ?? '')) return 'playlists are not copied'
  return 'the URL names no picture, sound or video that a browser shows'
}

function filesOf({ runs }: CaseFile): (readonly [OutputFile, MediaFile])[] {
  return runs.flatMap(({ outputs }) =>
    outputs.flatMap((output) => output.files.map((media) => [output, media] as const)),
  )
}

/** Returns a name for a file, without the query of its URL, which can contain a signature that differs each time. */
function fileName({ TaskId, Type, Definition }: OutputFile, { url }: MediaFile): string {
  return JSON.stringify([TaskId, Type, Definition, url.split(/[?#]/)[0]])
}

function withCopies(
  file: CaseFile,
  copyOf: (output: OutputFile, media: MediaFile) => Copy | undefined,
): CaseFile {
  const withCopy = (output: OutputFile) => ({
    ...output,
    files: output.files.map((media) => ({ ...media, ...copyOf(output, media) })),
  })
  return { ...file, runs: file.runs.map((run) => ({ ...run, outputs: run.outputs.map(withCopy) })) }
}

function nameOf(bytes: Buffer, name: string): string {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
  return `${hash}-${name.replaceAll(/[^\w.-]/g, '_').slice(-100)}`
}

async function download(url: string, limit: number): Promise<Buffer> {
  // A redirect could lead into a network that only this machine can reach.
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error) => {
    throw new Error(unreachable(error))
  })
  if (response.status >= 300 && response.status < 400)
    throw new Error(`HTTP status ${response.status}: redirects are not followed`)
  if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`)
  const bytes = await boundedBody(response, limit)
  if (!bytes) throw new Error(`it is larger than ${limit} bytes`)
  return bytes
}
