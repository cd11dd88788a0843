import { allowPrint, keyPrint, macKeyPrints, type Prints } from '../contract/seal/prints.js'
import type { VodClientOptions } from '../vod/client.js'
import { knownKey } from '../vod/credentials.js'
import { defaultEndpoint, parseEndpoint } from '../vod/endpoint.js'
import type { ServedHere } from './pluginOptions.js'

/**
 * Returns what a worker shows of an account.
 *
 * @throws InvalidInputError if the keys in the credential file cannot be sent
 */
export async function printsOf(
  { endpoint = defaultEndpoint, credentials }: VodClientOptions,
  { macKeys, allow = [] }: Pick<ServedHere, 'macKeys' | 'allow'>,
): Promise<Prints> {
  return {
    macKeys: macKeyPrints(macKeys),
    endpoint: parseEndpoint('endpoint', endpoint).host,
    key: keyPrint(await knownKey(credentials)),
    allow: allowPrint(allow),
  }
}
