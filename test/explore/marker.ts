/** The caller's own SessionContext of a case: VOD echoes it in every task, listing and event. */
export function markerOf(number: number): string {
  return `case-${String(number).padStart(6, '0')}`
}

/** SessionContext of another caller, on the media of a case. */
export const otherCaller = 'another caller'

const pattern = /case-(\d{6})\b/

/** The number of the case that a text is about. */
export function caseIn(text: string): number | undefined {
  const number = pattern.exec(text)?.[1]
  return number === undefined ? undefined : Number(number)
}
