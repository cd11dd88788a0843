import type { Client } from '@temporalio/client'
import { type BuildState, buildsIn } from '../../client/builds.js'
import { compareWorkers, fixOf, type WorkersComparison } from '../../client/compareWorkers.js'
import { lackText } from '../../client/errors.js'
import { connect, TemporalUnreachableError, type Vodflow } from '../../client/index.js'
import { remedyOf } from '../../client/lackError.js'
import { comparePayloadKeys } from '../../client/payloadKeys.js'
import { type PolledQueue, polledBy, queuesOf } from '../../client/pollers.js'
import { shellWord } from '../../client/shellWord.js'
import { stoppedWorkers, withoutStopped } from '../../client/stoppedWorkers.js'
import { stuckRuns } from '../../client/stuckRuns.js'
import { notAskedText, stuckText } from '../../client/stuckText.js'
import { clockOf } from '../../client/temporalClock.js'
import { counted } from '../../contract/counted.js'
import { InvalidInputError } from '../../contract/errors.js'
import { workflowQueue } from '../../contract/queues.js'
import type { MacKeys } from '../../contract/seal/macKeys.js'
import { keyPrint, macKeyPrints, type Prints } from '../../contract/seal/prints.js'
import { cut } from '../../contract/text.js'
import { version } from '../../contract/version.js'
import { parsePayloadKeys } from '../../temporal/payloadKeys.js'
import { retentionOf } from '../../temporal/retention.js'
import { buildText, lackIn, type NoWorkerDetails } from '../../temporal/routing.js'
import { otherTypeText, searchAttributeProblems } from '../../temporal/searchAttributes.js'
import { stoppedText, submitsOf } from '../../temporal/submits.js'
import { knownKey } from '../../vod/credentials.js'
import { defaultEndpoint, parseEndpoint } from '../../vod/endpoint.js'
import { bad, type DoctorFinding, doubtful, failed, good, skipped } from './finding.js'
import { checkSweeps } from './sweeps.js'
import { checkThrottling } from './throttling.js'

export async function* checkTemporal({
  account,
  keys,
  endpoint,
}: {
  readonly account: string
  readonly keys: MacKeys | undefined
  readonly endpoint?: string | undefined
}): AsyncGenerator<DoctorFinding> {
  const vodflow = await connect({ account }).catch((error: unknown) => error)
  if (!isConnected(vodflow)) {
    yield failed('Temporal', vodflow, fixFor(vodflow))
    yield skipped('worker', 'Temporal cannot be reached')
    return
  }
  try {
    const { namespace } = vodflow.client.options
    yield good('Temporal', `answers, namespace ${namespace}`)
    yield await checkRetention(vodflow).catch((error) =>
      failed('retention', error, 'check the permissions of your API key'),
    )
    yield await checkSearchAttributes(vodflow)
    yield* checkWorkers(vodflow.client, account)
    const own = { ...(keys ? { macKeys: macKeyPrints(keys) } : {}), ...(await tencentPrints(endpoint)) }
    yield* compareWorkersOf(vodflow, { account, own })
    yield await checkPayloadKeys(vodflow, account)
    yield* checkRuns(vodflow.client)
    yield* checkSweeps(vodflow.client, (await clockOf(vodflow.client).now()) ?? Date.now())
    yield await checkSubmits(vodflow, account)
    yield await checkThrottling(vodflow.client)
  } finally {
    await vodflow.close()
  }
}

function fixFor(error: unknown): string {
  if (error instanceof TemporalUnreachableError) return error.remedy
  if (error instanceof InvalidInputError) return error.problems[0]?.remedy ?? ''
  return 'set TEMPORAL_ADDRESS'
}

function isConnected(value: unknown): value is Vodflow {
  return typeof value === 'object' && value !== null && 'client' in value
}

async function checkRetention({ client }: Vodflow): Promise<DoctorFinding> {
  const { days, problem } = await retentionOf(client.connection, client.options.namespace)
  if (problem) return bad('retention', problem.what, problem.fix)
  return good('retention', `Temporal keeps ended runs for ${counted(days, 'day')}`)
}

async function checkSearchAttributes({ client }: Vodflow): Promise<DoctorFinding> {
  try {
    const { missing, otherType } = await searchAttributeProblems(client)
    const texts = otherType.map((each) => otherTypeText(each, client.options.namespace))
    if (texts.length > 0)
      return bad(
        'search attributes',
        texts.map(({ what }) => what).join('; '),
        texts.map(({ fix }) => fix).join('; '),
      )
    if (missing.length === 0) return good('search attributes', 'registered')
    return doubtful(
      'search attributes',
      `${missing.join(', ')} missing: runs cannot be searched by them`,
      'vodflow setup',
    )
  } catch (error) {
    return failed('search attributes', error, 'vodflow setup, with an API key that has the permission')
  }
}

/** Compares what every worker of the account has with each other and with this shell. */
async function* compareWorkersOf(
  { client }: Vodflow,
  of: { readonly account: string; readonly own: Partial<Prints> },
): AsyncGenerator<DoctorFinding> {
  try {
    const found = await compareWorkers(client, of)
    if (of.own.macKeys) yield macKeysFinding(found, of.account)
    yield tencentFinding(found, of)
    yield* allowFinding(found)
  } catch (error) {
    yield failed(workerMacKeys, error, mayDo)
  }
}

const workerMacKeys = 'worker MAC keys'

function macKeysFinding({ macKeys: problems, workers }: WorkersComparison, account: string): DoctorFinding {
  if (problems.length > 0) return bad(workerMacKeys, problems.join('; '), fixOf.macKeys)
  if (workers === 0)
    return skipped(workerMacKeys, `no worker of account ${account} shows fingerprints of its keys`)
  return good(
    workerMacKeys,
    `the same at this shell and at every worker of account ${account} that polls (${workers})`,
  )
}

function* allowFinding({ allow }: WorkersComparison): Generator<DoctorFinding> {
  if (allow.length > 0) yield doubtful('allowed actions', allow.join('; '), fixOf.allow)
}

const tencentAccount = 'Tencent account'

function tencentFinding(
  { endpoints, secretIds, workers }: WorkersComparison,
  { account, own }: { readonly account: string; readonly own: Partial<Prints> },
): DoctorFinding {
  if (endpoints.length > 0) return bad(tencentAccount, endpoints.join('; '), fixOf.endpoints)
  if (secretIds.length > 0) return doubtful(tencentAccount, secretIds.join('; '), fixOf.secretIds)
  if (workers === 0) return skipped(tencentAccount, `no worker of account ${account} shows its endpoint`)
  const shell = own.key === undefined ? '' : 'this shell and at '
  return good(
    tencentAccount,
    `one endpoint and one SecretId at ${shell}every worker of account ${account} that polls (${workers})`,
  )
}

/** Returns the endpoint and the key of this shell, if it has a key. Another check says what is wrong with them. */
async function tencentPrints(endpoint: string = defaultEndpoint): Promise<Partial<Prints>> {
  try {
    const key = await knownKey()
    if ('kind' in key && key.kind === 'role') return {}
    const { host } = parseEndpoint('VODFLOW_VOD_ENDPOINT', endpoint)
    return { endpoint: host, ...('kind' in key ? {} : { key: keyPrint(key) }) }
  } catch (error) {
    if (error instanceof InvalidInputError) return {}
    throw error
  }
}

/** Compares the payload keys of this shell with those of the workers. */
async function checkPayloadKeys({ client }: Vodflow, account: string): Promise<DoctorFinding> {
  const fix =
    'set VODFLOW_PAYLOAD_KEYS to the same keys for the workers, the callback service, the clients and this shell'
  try {
    const found = await comparePayloadKeys(client)
    if ('problem' in found) {
      const what =
        found.kind === 'unread'
          ? 'the workers cannot read what is written with these keys'
          : 'what the workers write cannot be read with these keys'
      return bad(payloadKeys, `${what}: ${found.problem}`, fix)
    }
    if (found.kind === 'same')
      return good(
        payloadKeys,
        `a worker has answered for each sweep and has the same (${ownPayloadKeys()}); others may differ`,
      )
    const cannot = 'cannot be compared with those of the workers, because'
    if (found.workflowId !== undefined)
      return doubtful(
        payloadKeys,
        `${cannot} no worker has answered for the sweep "${cut(found.workflowId, 100)}" (${ownPayloadKeys()})`,
        `vodflow worker --account ${account}, if none runs; then run vodflow doctor again`,
      )
    // A worker starts the sweep with the first run of an account.
    return doubtful(
      payloadKeys,
      `${cannot} no sweep runs (${ownPayloadKeys()})`,
      'process a media file, which starts the sweep, then run vodflow doctor again',
    )
  } catch (error) {
    return failed(payloadKeys, error, mayDo)
  }
}

const payloadKeys = 'payload keys'

/** Names the keys of this shell. */
function ownPayloadKeys(): string {
  const keys = process.env.VODFLOW_PAYLOAD_KEYS
  if (!keys) return 'none: payloads are stored in plain text'
  const { encrypt, decrypt } = parsePayloadKeys(keys)
  return `${encrypt.id} encrypts, read: ${decrypt.map(({ id }) => id).join(', ')}`
}

/** Checks for stopped submits, because an operator may have forgotten to resume them. */
async function checkSubmits({ client }: Vodflow, account: string): Promise<DoctorFinding> {
  const resume = `vodflow submits resume --account ${account} --reason "..."`
  try {
    const { queues } = await submitsOf(client, account)
    const stopped = queues.find(({ perSecond }) => perSecond === 0)
    const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0)
    if (!stopped) return good('submits', `are running; ${waiting} wait for their turn`)
    return doubtful('submits', `${stoppedText(stopped)}; ${waiting} wait`, resume)
  } catch (error) {
    return failed('submits', error, 'check the permissions of your API key')
  }
}

const mayDo = 'check the permissions of your API key, and run vodflow setup'

/** Checks whether every open run of the namespace can continue, and which builds may be stopped. */
async function* checkRuns(client: Client): AsyncGenerator<DoctorFinding> {
  try {
    const { groups, notAsked } = await stuckRuns(client)
    if (groups.length + notAsked.length === 0)
      yield good('runs', 'every open run of the namespace can continue')
    for (const each of notAsked) yield doubtful('runs', notAskedText(each), mayDo)
    for (const group of groups) yield bad('runs', stuckText(group), group.remedy)
  } catch (error) {
    yield failed('runs', error, mayDo)
  }
  try {
    for (const build of await buildsIn(client)) yield* findingsOf(build)
  } catch (error) {
    yield failed('builds', error, mayDo)
  }
}

function* findingsOf(build: BuildState): Generator<DoctorFinding> {
  const { deploymentName, buildId, state, works, runs, workflowId } = build
  if (state !== 'old' && !works) {
    const what = `${buildText(build)} is the ${state} build, and its workers do not poll all task queues that it needs`
    yield bad(
      'builds',
      what,
      `vodflow worker --deployment ${shellWord(deploymentName)} --build-id ${shellWord(buildId)}`,
    )
  }
  if (state !== 'old' || !works || runs === 0) return
  const what = `${buildText(build)} still has ${runs} open runs that only its workers take, for example ${workflowId}`
  yield doubtful('builds', what, 'keep its workers until vodflow builds shows no runs for it')
}

/**
 * Age of the last poll from which a worker has probably stopped, ms. An idle worker polls every 60 s, and Temporal's times are whole
 * seconds.
 */
const quietMs = 62_000

interface CheckedQueue {
  readonly name: string
  readonly polled: PolledQueue
  readonly lack: NoWorkerDetails | undefined
  /** Time at which the last of its workers has stopped, ms. */
  readonly stoppedAt: number | undefined
}

/** Checks whether new runs of an account find workers, and which version these have. */
async function* checkWorkers(client: Client, account: string): AsyncGenerator<DoctorFinding> {
  const stopped = await stoppedWorkers(client)
  const queues = await Promise.all(
    queuesOf(account).map(async (queue): Promise<CheckedQueue> => {
      const polled = withoutStopped(await polledBy(client, queue), queue.name, stopped)
      const ends = stopped.flatMap(({ taskQueue, at }) => (taskQueue === queue.name ? [at] : []))
      const stoppedAt = ends.length > 0 ? Math.max(...ends) : undefined
      return { name: queue.name, polled, lack: lackIn(polled), stoppedAt }
    }),
  )
  const unpolled = queues.filter(({ lack }) => lack?.reason === 'noWorker')
  if (unpolled.length > 0) {
    const fix = `vodflow worker --account ${account}, with this TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE`
    yield bad('worker', unpolledText(unpolled), fix)
    return
  }
  for (const { name, lack, polled } of queues) {
    if (!lack) continue
    yield bad('worker', `${lackText(lack, [name])}: new runs wait`, remedyOf(lack, polled))
    return
  }
  yield lastPollOf(queues, account, await clockOf(client).now())
  yield* findForeign(queues)
  yield versionsOf(queues.flatMap(({ polled }) => polled.pollers))
}

function unpolledText(queues: readonly CheckedQueue[]): string {
  const what = `no worker polls ${queues.map(({ name }) => name).join(', ')}`
  const ends = queues.flatMap(({ stoppedAt }) => stoppedAt ?? [])
  if (ends.length === 0) return what
  return `${what}; the last one stopped at ${new Date(Math.max(...ends)).toISOString()}`
}

/** A worker that was killed says nothing, so only the time of its last poll shows that it is gone. */
export function lastPollOf(
  queues: readonly Pick<CheckedQueue, 'name' | 'polled'>[],
  account: string,
  now: number | undefined,
): DoctorFinding {
  const what = `polls every queue of account ${account}`
  const ages = queues.map(({ name, polled }) => ({
    name,
    age: (now ?? 0) - Math.max(...polled.pollers.map(({ polledAt }) => polledAt)),
  }))
  const oldest = ages.reduce((one, other) => (other.age > one.age ? other : one))
  const seconds = Math.round(oldest.age / 1_000)
  if (now === undefined || oldest.age <= quietMs) return good('worker', what)
  return doubtful(
    'worker',
    `the last poll of ${oldest.name} was ${seconds} s ago, and a worker polls at least every 60 s: it has probably stopped`,
    `vodflow worker --account ${account}, if none runs; then run vodflow doctor again`,
  )
}

/** Finds workers that are not vodflow's, which report no version of it, on its task queues. */
function* findForeign(queues: readonly Pick<CheckedQueue, 'name' | 'polled'>[]): Generator<DoctorFinding> {
  const fix = `give that worker another task queue: "${workflowQueue}" and names that begin with "${workflowQueue}." are reserved`
  for (const { name, polled } of queues)
    for (const { identity } of polled.pollers)
      if (versionIn(identity) === undefined)
        yield bad(
          'worker',
          `"${cut(identity, 100)}" polls "${name}" and is not vodflow's: it fails the tasks that it takes`,
          fix,
        )
}

/** Returns the version of vodflow that the identity of its worker names. */
function versionIn(identity: string): string | undefined {
  return /^vodflow\/([\w.-]+) /.exec(identity)?.[1]
}

function versionsOf(pollers: readonly { readonly identity: string }[]): DoctorFinding {
  const versions = new Set(pollers.flatMap(({ identity }) => versionIn(identity) ?? []))
  const others = [...versions].filter((each) => each !== version)
  if (others.length === 0) return good('version', `all workers have ${version}, as this command does`)
  const what = `a worker has ${others.join(', ')}, this command ${version}`
  return doubtful('version', what, `install vodflow@${version} there too`)
}
