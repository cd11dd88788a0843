import { classifyError } from '../contract/errorCodes.js'
import { type FieldProblem, InvalidInputError, VodError } from '../contract/errors.js'
import { second } from '../contract/time.js'
import { within } from '../contract/within.js'
import type { VodClient } from '../vod/client.js'

/** The longest wait for VOD's answers, in ms. A worker also starts while VOD is away. */
const answerMs = 2 * second

/**
 * Asks VOD, with one free call, whether it accepts the keys of each account. Without this check, a worker with a wrong key would fail the
 * runs that it submits for. Only a refusal of the key itself counts: any other answer, or none, may pass by itself.
 *
 * @throws InvalidInputError that names each account whose key VOD refuses, with its code, but never the key
 */
export async function requireAcceptedKeys(
  accounts: readonly string[],
  clientFor: (account: string) => Pick<VodClient, 'send'>,
): Promise<void> {
  const asked = accounts.map((account) => problemOf(account, clientFor(account)))
  const problems = (await Promise.all(asked)).flat()
  if (problems.length > 0) throw new InvalidInputError(problems)
}

async function problemOf(account: string, client: Pick<VodClient, 'send'>): Promise<readonly FieldProblem[]> {
  try {
    await within(answerMs, client.send('DescribeSubAppIds', {}))
    return []
  } catch (error) {
    if (!(error instanceof VodError) || !classifyError(error.vodCode).ofKey) return []
    const problem = `VOD refuses them (${error.vodCode}, RequestId ${error.requestId})`
    return [{ field: `accounts.${account}.credentials`, problem, remedy: error.remedy }]
  }
}
