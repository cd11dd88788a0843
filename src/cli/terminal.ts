/*
 * What a terminal would obey, or show in another order, must not reach it: ids, reasons, names and messages come from outside. All that a
 * command writes passes here, because the streams themselves are guarded.
 */

/**
 * Controls but for line feed and tab, halves of characters, separators of lines, marks of direction, and what is not seen. What joins or
 * varies the character before it (emoji, Persian, Hindi) is let be, unless that is ASCII: there it only makes one name look like another.
 */
const unsafe =
  /(?![\n\t])(?:[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufff9-\ufffb]|(?!\u200c|\u200d|[\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}|(?<!\P{ASCII})[\u200c-\u200d]|(?<!\P{ASCII}|[\d#*])[\ufe00-\ufe0f])/gu

/** The same text with each such character as JSON escapes it: a line of JSON keeps its value, and a person sees what is there. */
export function clean(text: string): string {
  return text.replace(unsafe, (char) =>
    Array.from({ length: char.length }, (_, at) => escaped(char.charCodeAt(at))).join(''),
  )
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}

/** The same as one line of text. */
export function plain(text: string): string {
  return clean(text.replaceAll(/[\n\r\t\v\f\u2028\u2029]+/g, ' '))
}

type Stream = Pick<NodeJS.WriteStream, 'write'>

const unguarded = new WeakMap<Stream, Stream['write']>()

/** From now on what is written to the streams is clean. Warnings of Node are written to them too. */
export function guard(...streams: readonly Stream[]): void {
  for (const stream of streams) {
    const write = stream.write.bind(stream) as (chunk: string | Uint8Array, ...more: unknown[]) => boolean
    unguarded.set(stream, write as Stream['write'])
    stream.write = ((chunk: string | Uint8Array, ...more: unknown[]) =>
      write(
        clean(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()),
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
