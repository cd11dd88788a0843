import { clean, plain } from '../contract/visible.js'
import { withoutKnown } from './redact.js'

/*
 * Ids, reasons, names and messages come from outside, so they may contain characters that control a terminal or reorder its text. The
 * streams themselves are guarded, so that all output of a command passes through here.
 */

type Stream = Pick<NodeJS.WriteStream, 'write'>

const unguarded = new WeakMap<Stream, Stream['write']>()

/** Removes control characters and secrets of the environment from all later output of the streams, including warnings of Node. */
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

/** Replaces the last `height` lines. */
export function redraw(stream: Stream, height: number, lines: readonly string[]): void {
  const write = unguarded.get(stream) ?? stream.write.bind(stream)
  const back = height > 0 ? `\x1b[${height}A\x1b[J` : ''
  write(`${back}${lines.map((line) => `${plain(line)}\n`).join('')}`)
}
