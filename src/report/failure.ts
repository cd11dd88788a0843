import type { temporal } from '@temporalio/proto'
import type { PayloadReader } from '../temporal/payloads.js'
import type { Failure } from './caseFile.js'
import { VodFailure } from './shown.js'

type Recorded = temporal.api.failure.v1.IFailure

/** Deeper chains say nothing more. */
const maxDepth = 10

/** What went wrong, without Temporal's wrapping: an activity's failure says only that an activity failed. */
export async function failureOf(given: Recorded | null | undefined, read: PayloadReader): Promise<Failure> {
  let failure = given ?? {}
  for (let depth = 0; failure.cause && isWrapping(failure) && depth < maxDepth; depth++)
    failure = failure.cause
  const { applicationFailureInfo: info } = failure
  const [payload] = info?.details?.payloads ?? []
  const details = VodFailure.safeParse(payload && (await readable(payload, read)))
  return {
    message: await messageOf(failure, read),
    ...(info?.type ? { type: info.type } : {}),
    ...(details.success && details.data.code !== '' ? details.data : {}),
  }
}

function isWrapping({ activityFailureInfo, childWorkflowExecutionFailureInfo }: Recorded): boolean {
  return Boolean(activityFailureInfo ?? childWorkflowExecutionFailureInfo)
}

/** With encrypted failures the message is a placeholder, and the true one a payload. */
async function messageOf({ message, encodedAttributes }: Recorded, read: PayloadReader): Promise<string> {
  const attributes = encodedAttributes && (await readable(encodedAttributes, read))
  const { message: encoded } = Object(attributes) as { readonly message?: unknown }
  return typeof encoded === 'string' ? encoded : (message ?? '')
}

/** A payload that this process has no key for is no reason to show nothing at all. */
export async function readable(payload: Parameters<PayloadReader>[0], read: PayloadReader): Promise<unknown> {
  try {
    return await read(payload)
  } catch (error) {
    return `[not readable: ${error instanceof Error ? error.message : String(error)}]`
  }
}
