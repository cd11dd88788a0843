/** Quotes a word for a POSIX shell if necessary, so that nothing in it is expanded or run. */
export function shellWord(text: string): string {
  return /^[\w/:.,@%+=-]+$/.test(text) ? text : shellQuoted(text)
}

export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
