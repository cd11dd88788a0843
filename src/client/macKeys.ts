import type { Client } from '@temporalio/client'
import { queueOfClass } from '../contract/queues.js'
import { type MacKeyPrint, macKeyPrints, printsIn } from '../contract/seal/macKeyPrints.js'
import type { MacKeys } from '../contract/seal/macKeys.js'
import { taskQueueType } from '../temporal/enums.js'
import { polledBy } from './pollers.js'

/** Whether this process and all workers of an account have the same MAC keys. */
export interface MacKeysComparison {
  /** The number of workers whose keys were compared. */
  readonly workers: number
  /** What differs, in a sentence each. */
  readonly problems: readonly string[]
}

/** A process and the prints of its keys, the one that signs first. */
interface Holder {
  readonly name: string
  readonly prints: readonly MacKeyPrint[]
}

const here = 'this process'
/** Timeout of the description of the queue, ms. */
const answerMs = 5_000

/**
 * Compares the MAC keys of this process with those of every worker of the account that has polled lately. Workers show fingerprints of
 * their keys in the identity with which they poll for aborts.
 *
 * @throws ServiceError if Temporal does not answer, or denies the description of a task queue
 */
export async function compareMacKeys(
  client: Client,
  { account, keys }: { readonly account: string; readonly keys: MacKeys },
): Promise<MacKeysComparison> {
  const queue = { name: queueOfClass(account, 'abort'), kind: taskQueueType.activity }
  const { pollers } = await client.withDeadline(Date.now() + answerMs, () => polledBy(client, queue))
  const workers = pollers.flatMap(({ identity }) => holderIn(identity) ?? [])
  const all = [...workers, { name: here, prints: macKeyPrints(keys) }]
  return { workers: workers.length, problems: [...otherSecrets(all), ...unknownSigners(all)] }
}

function holderIn(identity: string): Holder | undefined {
  const [, name, text = ''] = /^vodflow\/[\w.-]+ (\S{1,100}) MAC keys (\S+)$/.exec(identity) ?? []
  const prints = printsIn(text)
  return name === undefined || prints === undefined ? undefined : { name, prints }
}

/** Finds ids that stand for different secrets. A token that one of their holders made counts as forged at another. */
function otherSecrets(holders: readonly Holder[]): string[] {
  const ids = new Set(holders.flatMap(({ prints }) => prints.map(({ id }) => id)))
  return [...ids].flatMap((id) => {
    const groups = new Map<string, string[]>()
    for (const { name, prints } of holders) {
      const print = prints.find((each) => each.id === id)?.print
      if (print !== undefined) groups.set(print, [...(groups.get(print) ?? []), name])
    }
    if (groups.size < 2) return []
    const places = [...groups.values()].map(namesText).join('; another at ')
    return [`"${id}" has different secrets: one at ${places}`]
  })
}

/** Finds keys that sign at a worker and that another process does not have. */
function unknownSigners(holders: readonly Holder[]): string[] {
  const signers = new Set(holders.flatMap(({ name, prints }) => (name === here ? [] : (prints[0]?.id ?? []))))
  return [...signers].flatMap((id) => {
    const without = holders.filter(({ prints }) => !prints.some((each) => each.id === id))
    return without.length === 0
      ? []
      : [`"${id}" signs at a worker and is missing at ${namesText(without.map(({ name }) => name))}`]
  })
}

const mostNamed = 5

function namesText(names: readonly string[]): string {
  const more = names.length - mostNamed
  return [...names.slice(0, mostNamed), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
