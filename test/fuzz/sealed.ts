import { parseMacKeys, type StepAddress } from '../../src/callbacks/index.js'
import { type MacKeys, sealSessionContext } from '../../src/contract/seal/token.js'
import { Random } from './random.js'

const newer = `new:${'n'.repeat(40)}`
const older = `old:${'o'.repeat(40)}`

/** What the handler believes: two keys, as while they rotate. */
export const keys = parseMacKeys(`${newer},${older}`)
const signers: readonly MacKeys[] = [keys, parseMacKeys(older)]
/** They name a key of ours and have another secret. */
const imposters = ['new', 'old'].map((id) => parseMacKeys(`${id}:${'i'.repeat(40)}`))
/** Another system's. */
const strangers = ['k9', 'NEW', 'new1', 'constructor'.slice(0, 8)].map((id) =>
  parseMacKeys(`${id}:${'n'.repeat(40)}`),
)
export const secrets = [keys, ...signers, ...imposters].map(({ sign }) => sign.secret)

export interface Sealed {
  readonly address: StepAddress
  readonly SessionContext: string
}

/** Every step that the script has sealed a token for. Nothing else may ever be delivered. */
export class SealedSteps {
  /** Each gets a few events. */
  readonly many: readonly Sealed[]
  /** Each gets the same few events, thousands of times. */
  readonly hot: readonly Sealed[]
  /** Each gets more different events than a step may have. */
  readonly flooded: readonly Sealed[]
  readonly #byToken = new Map<string, string>()

  constructor(seed: number, { many }: { readonly many: number }) {
    this.many = Array.from({ length: many }, (_, index) =>
      this.#seal(new Random(seed, -2 - index), `m${index}`),
    )
    this.flooded = Array.from({ length: 2 }, (_, index) =>
      this.#seal(new Random(~seed, -20 - index), `f${index}`),
    )
    this.hot = Array.from({ length: 8 }, (_, index) => this.#seal(new Random(~seed, -2 - index), `h${index}`))
  }

  /** The step whose token this context begins with, by looking it up: no line of the code under test is used. */
  addressOf(SessionContext: unknown): string | undefined {
    if (typeof SessionContext !== 'string' || SessionContext.length > 1_000) return undefined
    return this.#byToken.get(SessionContext.split('|')[0] as string)
  }

  addressesIn(contexts: readonly unknown[]): ReadonlySet<string> {
    return new Set(contexts.flatMap((context) => this.addressOf(context) ?? []))
  }

  #seal(random: Random, name: string): Sealed {
    const address: StepAddress = {
      namespace: random.oneIn(4) ? wellFormed(random, 10) : 'default',
      account: random.oneIn(4) ? wellFormed(random, 10) : 'default',
      ...(random.oneIn(2) ? { SubAppId: 1 + random.below(2 ** 31) } : {}),
      workflowId: `vodflow-${name}${random.oneIn(4) ? wellFormed(random, 20) : ''}`,
      chain: '01900000-0000-7000-8000-000000000000',
      SessionId: random.oneIn(4) ? wellFormed(random, 30) : `session-of-${name}`,
      ...(random.oneIn(4) ? { asked: 'abcd' } : {}),
    }
    const SessionContext = sealSessionContext(address, random.pick(signers))
    this.#byToken.set(SessionContext, nameOf(address))
    return { address, SessionContext }
  }
}

/** A token for the same step that we must not believe. */
export function fake(address: StepAddress, random: Random): string {
  return sealSessionContext(address, random.pick(random.oneIn(2) ? imposters : strangers))
}

/** Of something that Temporal has. */
function wellFormed(random: Random, most: number): string {
  return random.text(most).toWellFormed() || 'x'
}

/** One text for one address. */
export function nameOf(address: StepAddress): string {
  const { namespace, account, SubAppId, workflowId, chain, SessionId, asked } = address
  return JSON.stringify([namespace, account, SubAppId ?? 0, workflowId, chain, SessionId, asked])
}
