import type { StepState, Transition } from './state.js'

export function andThen([state, effects]: Transition, next: (state: StepState) => Transition): Transition {
  const [after, more] = next(state)
  return [after, [...effects, ...more]]
}

/** Applies `next` to the items one after another, each on the state after the previous one. */
export function thenEach<T>(
  first: Transition,
  items: readonly T[],
  next: (state: StepState, item: T) => Transition,
): Transition {
  return items.reduce((done, item) => andThen(done, (state) => next(state, item)), first)
}
