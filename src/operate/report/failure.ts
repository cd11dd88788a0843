import proto, { type temporal } from '@temporalio/proto'
import { failureMessage } from '../../temporal/failureMessage.js'
import { type PayloadReader, readable } from '../../temporal/payloads.js'
import type { Failure } from './caseFile.js'
import { VodFailure } from './schemas.js'

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
    message: await failureMessage(failure, read),
    ...(info?.type ? { type: info.type } : {}),
    ...(details.success && details.data.code !== '' ? details.data : {}),
    ...(info?.category === benign ? { benign: true as const } : {}),
  }
}

const benign = proto.temporal.api.enums.v1.ApplicationErrorCategory.APPLICATION_ERROR_CATEGORY_BENIGN

function isWrapping({ activityFailureInfo, childWorkflowExecutionFailureInfo }: Recorded): boolean {
  return Boolean(activityFailureInfo ?? childWorkflowExecutionFailureInfo)
}
