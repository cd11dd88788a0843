/** The number of cases of a property. For a mutant a few must do: each is tried with every test that reaches it. */
export function manyRuns(count: number): number {
  return process.env.STRYKER_MUTATOR_WORKER === undefined ? count : Math.ceil(count / 25)
}
