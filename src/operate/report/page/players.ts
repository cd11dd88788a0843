import type { MediaFile, OutputFile, RunFile } from '../caseFile.js'
import { mediaKindOf, webAddress } from '../media.js'

/** The element that plays an output. */
export interface Player {
  readonly id: string
  readonly kind: 'video' | 'sound'
  readonly source: string
  readonly output: OutputFile
  /** Address of the cover of the same media file. */
  readonly poster: string | undefined
}

/** Returns the players of a run, one for each output with a file that a browser plays. */
export function playersOf({ outputs }: RunFile, run: number): Player[] {
  return outputs.flatMap((output, index) => {
    for (const file of output.files) {
      const kind = mediaKindOf(file.url)
      const source = sourceOf(file)
      if (source !== undefined && (kind === 'video' || kind === 'sound'))
        return [
          { id: `run-${run}-player-${index + 1}`, kind, source, output, poster: coverOf(outputs, output) },
        ]
    }
    return []
  })
}

function coverOf(outputs: readonly OutputFile[], { FileId }: OutputFile): string | undefined {
  const covers = outputs.filter((output) => output.Type === 'CoverBySnapshot' && output.FileId === FileId)
  const [cover] = covers.flatMap(({ files }) => files)
  return cover && sourceOf(cover)
}

/** Returns the address of a file for this page: its copy, or its URL if that is http or https. */
export function sourceOf({ url, copy }: MediaFile): string | undefined {
  return copy ?? webAddress(url)?.href
}
