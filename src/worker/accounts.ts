import { shown } from '../contract/check.js'
import { InvalidInputError } from '../contract/errors.js'
import { type ApiCall, type VodClient, type VodClientOptions, vodClientOf } from '../vod/client.js'

/** Options of the VOD client for each account alias. Runs have only the alias; secrets stay in the worker. */
export type VodAccounts = Readonly<Record<string, VodClientOptions>>

type Watcher = ((call: ApiCall) => unknown) | undefined

/** Returns the client of an account. Each account has one, and so one keep-alive pool. Each of `onCall` gets every call. */
export function clientsFor(
  accounts: VodAccounts,
  onCall: readonly Watcher[],
): (account: string) => VodClient {
  const clients = new Map(
    Object.entries(accounts).map(([account, options]) => [
      account,
      vodClientOf({ ...options, onCall: eachOf([...onCall, options.onCall]) }, `accounts.${account}.`),
    ]),
  )
  return (account) => {
    const client = clients.get(account)
    if (client) return client
    const remedy = `add it to the worker's accounts (it has ${[...clients.keys()].join(', ')})`
    throw new InvalidInputError([
      { field: 'account', problem: `this worker does not know "${shown(account)}"`, remedy },
    ])
  }
}

/** Calls each one, also if another fails. The client reports a failure. */
function eachOf(watchers: readonly Watcher[]): (call: ApiCall) => Promise<unknown> {
  return (call) => Promise.all(watchers.map(async (watch) => watch?.(call)))
}
