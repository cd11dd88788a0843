/**
 * Control characters except line feed and tab, halves of surrogate pairs, line separators, direction marks and invisible characters. A
 * character that joins or varies the one before it (emoji, Persian, Hindi) is allowed, except after ASCII, where it could only make one
 * name look like another.
 */
const unsafe =
  /(?![\n\t])(?:[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufff9-\ufffb]|(?!\u200c|\u200d|[\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}|(?<!\P{ASCII})[\u200c-\u200d]|(?<!\P{ASCII}|[\d#*])[\ufe00-\ufe0f])/gu

/** Returns true for a text without any such character. */
export function isVisible(text: string): boolean {
  return text.search(unsafe) < 0
}

/**
 * Escapes, as JSON does, the characters that a terminal would interpret, or that a reader would not see or see in another order. A line of
 * JSON keeps its value, and a person sees every character.
 */
export function clean(text: string): string {
  return text.replace(unsafe, (char) =>
    Array.from({ length: char.length }, (_, at) => escaped(char.charCodeAt(at))).join(''),
  )
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}

/** Returns the {@link clean} text on one line. */
export function plain(text: string): string {
  return clean(text.replaceAll(/[\n\r\t\v\f\u2028\u2029]+/g, ' '))
}
