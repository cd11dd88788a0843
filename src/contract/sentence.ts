/** The text without the dots and spaces at its end: the sentence goes on after it. Linear, which a pattern that ends in `$` is not. */
export function openEnded(text: string): string {
  let end = text.length
  while (end > 0 && /[.\s]/.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}
