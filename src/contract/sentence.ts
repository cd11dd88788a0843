/** Returns the text without dots and spaces at its end, so that a sentence can continue. Unlike a pattern with `$`, it is linear. */
export function openEnded(text: string): string {
  let end = text.length
  while (end > 0 && /[.\s]/.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}
