import { macOf } from './mac.js'
import type { MacKeys } from './macKeys.js'

/** The id of a MAC key with a fingerprint of its secret. */
export interface MacKeyPrint {
  readonly id: string
  readonly print: string
}

/** 60 bits. */
const printLength = 10
/** The largest number of keys that are shown, so that the text fits into an identity of Temporal. */
const maxShown = 16
const pattern = /^([A-Za-z0-9]{1,8}):([\w-]{10})$/

/** Returns the prints of MAC keys, the one that signs first. A print is a MAC of a fixed text, so it reveals nothing of a random secret. */
export function macKeyPrints({ sign, verify }: MacKeys): readonly MacKeyPrint[] {
  return [sign, ...verify.filter(({ id }) => id !== sign.id)]
    .slice(0, maxShown)
    .map(({ id, secret }) => ({ id, print: macOf('fingerprint|MAC key', secret).slice(0, printLength) }))
}

/** Returns prints as a text without blanks, e.g. `k2:4jRtLpX0aQ,k1:9fKc2_ZbVn`. */
export function printsText(prints: readonly MacKeyPrint[]): string {
  return prints.map(({ id, print }) => `${id}:${print}`).join(',')
}

/** Reads what {@link printsText} wrote. Anyone can poll a task queue under any identity, so the text may be anything. */
export function printsIn(text: string): readonly MacKeyPrint[] | undefined {
  const prints = text.split(',').map((entry) => {
    const [, id, print] = pattern.exec(entry) ?? []
    return id === undefined || print === undefined ? undefined : { id, print }
  })
  return prints.every((each) => each !== undefined) ? prints.slice(0, maxShown) : undefined
}
