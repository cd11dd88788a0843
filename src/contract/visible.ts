/**
 * Controls but for line feed and tab, halves of characters, separators of lines, marks of direction, and what is not seen. What joins or
 * varies the character before it (emoji, Persian, Hindi) is let be, unless that is ASCII: there it only makes one name look like another.
 */
const unsafe =
  /(?![\n\t])(?:[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufff9-\ufffb]|(?!\u200c|\u200d|[\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}|(?<!\P{ASCII})[\u200c-\u200d]|(?<!\P{ASCII}|[\d#*])[\ufe00-\ufe0f])/gu

/**
 * The same text with what a terminal would obey, or a reader not see or see in another order, as JSON escapes it: a line of JSON keeps
 * its value, and a person sees what is there.
 */
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
