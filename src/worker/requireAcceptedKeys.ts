import { classifyError } from '../contract/errorCodes.js'
import { type FieldProblem, InvalidInputError, VodError } from '../contract/errors.js'
import { second } from '../contract/time.js'
import type { VodClient } from '../vod/client.js'

/** The longest wait for VOD's answers, in ms. A worker also starts while VOD is away. */
const answerMs = 2 * second

/**
 * Asks VOD, with one free call, whether it accepts the keys of each account. Without this check, a worker with a wrong key or without one
 * would take the calls that other workers could make. Only a refusal of the key itself counts, and a source that can have no key: any other
 * answer, or none, may pass by itself.
 *
 * @throws InvalidInputError that names each account without a key, or whose key VOD refuses, with its code, but never the key
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
    await client.send('DescribeSubAppIds', {}, { timeout: answerMs })
    return []
  } catch (error) {
    if (!(error instanceof VodError)) return []
    const problem = problemWithKey(error)
    return problem === undefined
      ? []
      : [{ field: `accounts.${account}.credentials`, problem, remedy: error.remedy }]
  }
}

function problemWithKey({ vodCode, problem, requestId }: VodError): string | undefined {
  if (vodCode === 'ClientError.NoCredentials') return `are missing (${problem})`
  if (vodCode === 'ClientError.BadCredentials') return `cannot be used (${problem})`
  return classifyError(vodCode).ofKey ? `VOD refuses them (${vodCode}, RequestId ${requestId})` : undefined
}
