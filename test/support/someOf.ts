/**
 * Every nth case of a table from a first one on, or all of them with `ALL_CASES=1` (`npm run cases`). For tables of runs that differ in
 * one thing each: all of them together take longer than anybody waits for before a commit.
 */
export function someOf<Case>(cases: readonly Case[], nth: number, from = 0): readonly Case[] {
  return process.env.ALL_CASES === '1' ? cases : cases.filter((_, index) => (index + from) % nth === 0)
}
