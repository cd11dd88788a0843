import { clean, plain } from '../contract/visible.js'
import { withoutKnown } from './redact.js'

/*
 * What a terminal would obey, or show in another order, must not reach it: ids, reasons, names and messages come from outside. All that a
 * command writes passes here, because the streams themselves are guarded.
 */

type Stream = Pick<NodeJS.WriteStream, 'write'>

const unguarded = new WeakMap<Stream, Stream['write']>()

/** From now on what is written to the streams is clean, and has no secret of the environment in it. Warnings of Node are written to them too. */
export function guard(...streams: readonly Stream[]): void {
  for (const stream of streams) {
    const write = stream.write.bind(stream) as (chunk: string | Uint8Array, ...more: unknown[]) => boolean
    unguarded.set(stream, write as Stream['write'])
    stream.write = ((chunk: string | Uint8Array, ...more: unknown[]) =>
      write(
        clean(withoutKnown(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())),
        ...more,
      )) as Stream['write']
  }
}

/** Writes lines over so many that were written before. */
export function redraw(stream: Stream, height: number, lines: readonly string[]): void {
  const write = unguarded.get(stream) ?? stream.write.bind(stream)
  const back = height > 0 ? `\x1b[${height}A\x1b[J` : ''
  write(`${back}${lines.map((line) => `${plain(line)}\n`).join('')}`)
}
