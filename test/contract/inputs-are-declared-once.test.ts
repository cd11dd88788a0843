import { expect, it } from 'vitest'
import { exactly, flag, oneOf, optional, text } from '../../src/contract/check.js'
import { keyRule } from '../../src/contract/patterns.js'

interface Input {
  readonly key: string
  readonly events?: boolean | undefined
  readonly mode?: 'a' | 'b'
}

const key = text(keyRule)
const events = optional(flag)
const mode = optional(oneOf(['a', 'b']))

it('the compiler takes a check that is of its type', () => {
  expect([...exactly<Input>({ key, events, mode })({ key: 'k', mode: 'a' })]).toEqual([])
})

it('the compiler refuses a check that is not', () => {
  // @ts-expect-error a field has no check
  exactly<Input>({ key, events })
  // @ts-expect-error a check has no field
  exactly<Input>({ key, events, mode, more: key })
  // @ts-expect-error a field may be missing, and its check wants it
  exactly<Input>({ key, events: flag, mode })
  // @ts-expect-error a field must be there, and its check lets it be missing
  exactly<Input>({ key: optional(key), events, mode })
  // @ts-expect-error a check lets more through than the type has
  exactly<Input>({ key, events, mode: optional(oneOf(['a', 'b', 'c'])) })
  // @ts-expect-error a check lets less through than the type has
  exactly<Input>({ key, events, mode: optional(oneOf(['a'])) })
  // @ts-expect-error a check is of another type
  exactly<Input>({ key, events: optional(key), mode })
})
