import type { Moderation, Reading } from './outcome.js'

/** No zod here: workflows import this file. */

/** What it comes to: the worst of what was said about the film and about its cover. */
export function suggestionOf({ Suggestion, cover }: Moderation): 'pass' | 'block' | 'review' {
  const said = [Suggestion, ...(cover ? [cover.Suggestion] : [])].map((word) => word.toLowerCase())
  if (said.includes('block')) return 'block'
  return said.every((word) => word === 'pass') ? 'pass' : 'review'
}

const severity = { pass: 0, review: 1, block: 2 }

/**
 * The worst verdict of several moderation tasks: a split may start one for each piece. None at all where a task has no verdict and
 * the others pass: nobody may take that for a pass.
 */
export function worstModeration(reviews: readonly (Reading | undefined)[]): Moderation | undefined {
  const said = reviews.flatMap((reading) => reading?.moderation ?? [])
  const [worst] = said.sort((one, other) => severity[suggestionOf(other)] - severity[suggestionOf(one)])
  if (!worst) return undefined
  return said.length < reviews.length && suggestionOf(worst) === 'pass' ? undefined : worst
}
