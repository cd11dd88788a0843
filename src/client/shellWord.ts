/** A word as a POSIX shell takes it: nothing in it is expanded or run. */
export function shellWord(text: string): string {
  return /^[\w/:.,@%+=-]+$/.test(text) ? text : shellQuoted(text)
}

export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
