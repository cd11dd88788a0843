import { expectTypeOf, it } from 'vitest'
import type { Outcome, PartialOutcome, SucceededOutcome, UnknownOutcome } from '../../src/contract/outcome.js'
import type { StepInput } from '../../src/contract/stepInput.js'
import { adoptTask, processMediaByProcedure } from '../../src/workflows/index.js'

const request = { FileId: '5285485487985271487', ProcedureName: 'episode' }
type Returned<T> = Promise<T>

/* The compiler tests this: nothing here is called. */

it('a step returns media that succeeded', () => {
  const step = () => processMediaByProcedure({ request })
  const repaired = () => processMediaByProcedure({ request, onPartial: 'repair' })
  const adopted = () => adoptTask({ TaskId: '1-procedurev2-a' })
  expectTypeOf(step).returns.toEqualTypeOf<Returned<SucceededOutcome>>()
  expectTypeOf(repaired).returns.toEqualTypeOf<Returned<SucceededOutcome>>()
  expectTypeOf(adopted).returns.toEqualTypeOf<Returned<SucceededOutcome>>()
})

it('what a caller accepts besides is in the type', () => {
  const partial = () => processMediaByProcedure({ request, onPartial: 'accept' })
  const any = () => processMediaByProcedure({ request, onFailure: 'return' })
  const given = (input: StepInput<'ProcessMediaByProcedure'>) => processMediaByProcedure(input)
  expectTypeOf(partial).returns.toEqualTypeOf<Returned<SucceededOutcome | PartialOutcome>>()
  expectTypeOf(any).returns.toEqualTypeOf<Returned<Outcome>>()
  expectTypeOf(given).returns.toEqualTypeOf<Returned<Outcome>>()
})

it('status narrows an outcome', () => {
  const outputsOf = (outcome: Outcome) => (outcome.status === 'unknown' ? outcome.mediaOutputs : undefined)
  expectTypeOf(outputsOf).returns.toEqualTypeOf<UnknownOutcome['mediaOutputs']>()
  // @ts-expect-error only an unknown outcome has it
  const wrong = (outcome: Outcome) => outcome.mediaOutputs
  expectTypeOf(wrong).toBeFunction()
})

it('a misspelt field is refused by name', () => {
  // @ts-expect-error FileID
  const wrong = () => processMediaByProcedure({ request: { ...request, FileID: '1' } })
  // @ts-expect-error onPartail
  const option = () => processMediaByProcedure({ request, onPartail: 'accept' })
  expectTypeOf(wrong).toBeFunction()
  expectTypeOf(option).toBeFunction()
})
