import type { Client } from '@temporalio/client'
import { queueOfClass } from '../contract/queues.js'
import { type Prints, printsIn } from '../contract/seal/prints.js'
import { taskQueueType } from '../temporal/enums.js'
import { polledBy } from './pollers.js'

/** Whether this process and all workers of an account have what they must share. What differs is in a sentence each. */
export interface WorkersComparison {
  /** The number of workers that were compared. */
  readonly workers: number
  /** With other MAC keys, events wake no run. */
  readonly macKeys: readonly string[]
  /** At another endpoint, VOD does not know the SessionId, and bills the work twice. */
  readonly endpoints: readonly string[]
  /** Another SecretId under one endpoint is of a rotation, or of another Tencent account, which bills the work too. */
  readonly secretIds: readonly string[]
  /** A call of a workflow may go to any worker, and a worker refuses an action that it does not allow. */
  readonly allow: readonly string[]
}

/** What an operator does about each difference. */
export const fixOf = {
  macKeys:
    'set VODFLOW_MAC_KEYS to the same keys for the workers, the callback service and this process; while you rotate them, a new key verifies everywhere before it signs',
  endpoints:
    'set VODFLOW_VOD_ENDPOINT to the same for all workers of an account, or give the others an alias or a Temporal namespace of their own',
  secretIds:
    'if they belong to different Tencent accounts, give each of these an alias or a Temporal namespace of its own, because each bills the work; during a key rotation, nothing to do',
  allow:
    'allow the same actions at all workers of an account (npx vodflow worker --allow ...); during a rollout, nothing to do',
} as const satisfies Partial<Record<keyof WorkersComparison, string>>

/** A process and what it shows. This process may lack some. */
interface Holder extends Partial<Prints> {
  readonly name: string
}

const here = 'this process'
/** Timeout of the description of the queue, ms. */
const answerMs = 5_000

/**
 * Compares what this process has with what every worker of the account shows that has polled lately. Workers show it in the identity with
 * which they poll for aborts.
 *
 * @throws ServiceError if Temporal does not answer, or denies the description of a task queue
 */
export async function compareWorkers(
  client: Client,
  { account, own }: { readonly account: string; readonly own: Partial<Prints> },
): Promise<WorkersComparison> {
  const queue = { name: queueOfClass(account, 'abort'), kind: taskQueueType.activity }
  const { pollers } = await client.withDeadline(Date.now() + answerMs, () => polledBy(client, queue))
  const workers = pollers.flatMap(({ identity }) => holderIn(identity) ?? [])
  const all: readonly Holder[] = [...workers, { ...own, name: here }]
  return {
    workers: workers.length,
    macKeys: [...otherSecrets(all), ...unknownSigners(all)],
    endpoints: otherEndpoints(all),
    secretIds: otherSecretIds(all),
    allow: otherAllowed(all),
  }
}

function holderIn(identity: string): Holder | undefined {
  const [, name, text = ''] = /^vodflow\/[\w.-]+ (\S{1,100}) (.+)$/.exec(identity) ?? []
  const prints = printsIn(text)
  return name === undefined || prints === undefined ? undefined : { ...prints, name }
}

/** Finds ids that stand for different secrets. A token that one of their holders made counts as forged at another. */
function otherSecrets(holders: readonly Holder[]): string[] {
  const ids = new Set(holders.flatMap(({ macKeys = [] }) => macKeys.map(({ id }) => id)))
  return [...ids].flatMap((id) => {
    const groups = [...groupsOf(holders, ({ macKeys }) => macKeys?.find((each) => each.id === id)?.print)]
    return groups.length < 2 ? [] : [`"${id}" has different secrets: ${placesOf(groups)}`]
  })
}

/** Finds keys that sign at a worker and that another process does not have. */
function unknownSigners(holders: readonly Holder[]): string[] {
  const signers = holders.flatMap(({ name, macKeys }) => (name === here ? [] : (macKeys?.[0]?.id ?? [])))
  return [...new Set(signers)].flatMap((id) => {
    const without = holders.filter(({ macKeys }) => macKeys && !macKeys.some((each) => each.id === id))
    return without.length === 0
      ? []
      : [`"${id}" signs at a worker and is missing at ${namesText(without.map(({ name }) => name))}`]
  })
}

function otherEndpoints(holders: readonly Holder[]): string[] {
  const groups = [...groupsOf(holders, ({ endpoint }) => endpoint)]
  if (groups.length < 2) return []
  const places = groups.map(([endpoint, names]) => `${endpoint} at ${namesText(names)}`)
  return [`the endpoints differ: ${places.join('; ')}`]
}

function otherSecretIds(holders: readonly Holder[]): string[] {
  const endpoints = new Set(holders.flatMap(({ endpoint }) => endpoint ?? []))
  return [...endpoints].flatMap((endpoint) => {
    const same = holders.filter((each) => each.endpoint === endpoint)
    const groups = [...groupsOf(same, ({ key }) => key)]
    return groups.length < 2 ? [] : [`the SecretIds for ${endpoint} differ: ${placesOf(groups)}`]
  })
}

function otherAllowed(holders: readonly Holder[]): string[] {
  const groups = [...groupsOf(holders, ({ allow }) => allow)]
  return groups.length < 2 ? [] : [`the allowed actions differ: ${placesOf(groups)}`]
}

type Group = readonly [value: string, names: readonly string[]]

/** Returns the names of the holders of each value. */
function groupsOf(
  holders: readonly Holder[],
  shownBy: (holder: Holder) => string | undefined,
): Iterable<Group> {
  const groups = new Map<string, string[]>()
  for (const holder of holders) {
    const value = shownBy(holder)
    if (value !== undefined) groups.set(value, [...(groups.get(value) ?? []), holder.name])
  }
  return groups
}

/** Names the places of values that are not shown. */
function placesOf(groups: readonly Group[]): string {
  return `one at ${groups.map(([, names]) => namesText(names)).join('; another at ')}`
}

const mostNamed = 5

function namesText(names: readonly string[]): string {
  const more = names.length - mostNamed
  return [...names.slice(0, mostNamed), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
