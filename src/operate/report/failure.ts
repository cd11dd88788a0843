import proto, { type temporal } from '@temporalio/proto'
import { failureMessage } from '../../temporal/failureMessage.js'
import { type PayloadReader, readable } from '../../temporal/payloads.js'
import type { Failure } from './caseFile.js'
import { VodFailure } from './schemas.js'

type FailureProto = temporal.api.failure.v1.IFailure

/** Maximum number of causes that are followed. */
const maxDepth = 10

/** Returns the failure without Temporal's wrapping, which says only that an activity or a child workflow failed. */
export async function failureOf(
  given: FailureProto | null | undefined,
  read: PayloadReader,
): Promise<Failure> {
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

function isWrapping({ activityFailureInfo, childWorkflowExecutionFailureInfo }: FailureProto): boolean {
  return Boolean(activityFailureInfo ?? childWorkflowExecutionFailureInfo)
}
