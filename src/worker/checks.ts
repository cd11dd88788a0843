import {
  anything,
  type Check,
  exactly,
  type Fields,
  list,
  optional,
  otherThan,
  shown,
  text,
  under,
  whole,
  withFunctions,
} from '../contract/check.js'
import { account, sweepTimes } from '../contract/inputs.js'
import { actionRule, temporalNameRule, wholeRule } from '../contract/patterns.js'
import { macKeys } from '../contract/seal/macKeys.js'
import type { SweepTimes } from '../contract/sweep.js'
import { dataConverterOfWorker } from '../temporal/dataConverter.js'
import { vodClientOptions } from '../vod/clientOptions.js'
import type { VodAccounts } from './accounts.js'
import type { ServedElsewhere, ServedHere, VodflowPluginOptions, VodTracing } from './pluginOptions.js'
import type { VodflowWorkerOptions } from './worker.js'

/* Checks of the options of this room, because a misspelled one could send billed calls to another account. */

const passAccounts = 'pass accounts and macKeys, or servedElsewhere with the aliases that other workers serve'

const accounts: Check<VodAccounts> = function* (value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return yield { field: '', problem: otherThan('an object', value), remedy: passAccounts }
  if (Object.keys(value).length === 0)
    yield { field: '', problem: 'empty', remedy: 'pass at least { default: { ... } }' }
  for (const [alias, options] of Object.entries(value)) {
    const problems = [...account(alias), ...vodClientOptions(options)]
    yield* under(shown(alias), problems)
  }
}

const presentKeys: Check<ServedHere['macKeys']> = function* (value) {
  if (value !== undefined) return yield* macKeys(value)
  const remedy =
    'set VODFLOW_MAC_KEYS to "k1:<at least 32 random characters>" for the worker and the callback service'
  yield { field: '', problem: 'missing; without a key, anyone could address your runs', remedy }
}

const sweep: Check<SweepTimes | false> = (value) => (value === false ? [] : sweepTimes(value))

const here: Fields<ServedHere> = {
  accounts,
  macKeys: presentKeys,
  allow: optional(list(text(actionRule), { remedy: "pass a list, e.g. ['DeleteMedia']" })),
  idsFolder: optional(
    text({ pattern: /./, problem: 'is empty', remedy: 'pass the folder with files of ids' }),
  ),
  sweep: optional(sweep),
  tracing: optional(withFunctions<VodTracing>(['onCall'], 'pass the result of createTracing')),
}

/** The webhooks have checks of their own, which know what may be shown of them. */
const webhooks = anything as Check<VodflowPluginOptions['webhooks']>

const absent: Check<undefined> = function* (value) {
  if (value !== undefined)
    yield { field: '', problem: 'is given together with accounts', remedy: passAccounts }
}

const servedHere = exactly<
  ServedHere & Pick<VodflowPluginOptions, 'webhooks'> & Partial<Record<'servedElsewhere', undefined>>
>({ ...here, webhooks, servedElsewhere: absent }, passAccounts)
const servedElsewhere = exactly<ServedElsewhere & Pick<VodflowPluginOptions, 'webhooks'>>({
  servedElsewhere: list(account, { remedy: "pass a list of aliases, e.g. ['default']" }),
  webhooks,
})

export const pluginOptions: Check<VodflowPluginOptions> = (value) => {
  const isElsewhere =
    Object.hasOwn(Object(value), 'servedElsewhere') && !Object.hasOwn(Object(value), 'accounts')
  return isElsewhere ? servedElsewhere(value) : servedHere(value)
}

export const workerOptions = exactly<VodflowWorkerOptions>(
  {
    ...here,
    webhooks,
    // The worker checks that it is a connection of the same SDK.
    connection: anything,
    namespace: optional(text(temporalNameRule)),
    dataConverter: dataConverterOfWorker,
    maxCachedWorkflows: optional(whole(wholeRule)),
    deployment: optional(
      withFunctions<NonNullable<VodflowWorkerOptions['deployment']>>([], 'pass { deploymentName, buildId }'),
    ),
  },
  'pass { connection, accounts, macKeys }',
)
