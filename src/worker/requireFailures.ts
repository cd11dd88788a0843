import {
  ActivityFailure,
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
  DefaultFailureConverter,
  defaultPayloadConverter,
  type LoadedDataConverter,
  RetryState,
  type SerializationContext,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common'
import { InvalidInputError } from '../contract/errors.js'
import { firstDifference, valueText } from './firstDifference.js'
import { sampleMessages } from './sampleMessages.js'

const refused = ApplicationFailure.create({
  message: 'ProcessMediaByProcedure: InvalidParameterValue.FileId: no such file',
  type: 'permanent',
  nonRetryable: true,
  details: [{ code: 'InvalidParameterValue.FileId', requestId: '', action: 'ProcessMediaByProcedure' }],
})

/** Failures of each kind that vodflow's workflows and activities end with, by their name. */
const samples: Readonly<Record<string, Error>> = {
  partial: ApplicationFailure.nonRetryable('1 of 2 sub-tasks failed', 'Partial', sampleMessages.outcome),
  notYet: ApplicationFailure.create({
    message: 'not yet',
    type: 'NotYet',
    nextRetryDelay: 3_000,
    category: ApplicationFailureCategory.BENIGN,
  }),
  activity: new ActivityFailure(
    'failed',
    'ProcessMediaByProcedure',
    '1',
    RetryState.NON_RETRYABLE_FAILURE,
    '1@a',
    refused,
  ),
  canceled: new CancelledFailure('canceled', [sampleMessages.progress]),
  timeout: new TimeoutFailure('no heartbeat', undefined, TimeoutType.HEARTBEAT),
}

type Converters = Pick<LoadedDataConverter, 'failureConverter' | 'payloadConverter'>

const usual: Converters = {
  failureConverter: new DefaultFailureConverter(),
  payloadConverter: defaultPayloadConverter,
}

/**
 * A step tells by the failure of an activity whether VOD may have taken its request.
 *
 * @throws InvalidInputError when a failure does not survive the failure converter
 */
export function requireFailures(converters: Converters, owner: SerializationContext, field: string): void {
  for (const [sample, failure] of Object.entries(samples)) {
    const difference = firstDifference(
      viewThrough(usual, failure, owner),
      orRefuse(field, () => viewThrough(converters, failure, owner)),
    )
    if (!difference) continue
    const { path, written, found } = difference
    const what = `${path.slice(1)} of the failure "${sample}"`
    throw refusal(field, `changes ${what} from ${valueText(written)} to ${valueText(found)}`)
  }
}

function orRefuse<T>(field: string, view: () => T): T {
  try {
    return view()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw refusal(field, `cannot write and read a failure (${why})`)
  }
}

function refusal(field: string, problem: string): InvalidInputError {
  return new InvalidInputError([{ field, problem, remedy }])
}

const remedy =
  "extend Temporal's DefaultFailureConverter, and leave class, type, details, nonRetryable, nextRetryDelay, category and cause as they are"

/** What vodflow and Temporal decide by. People read the message, and a converter may hide it. */
function viewThrough(
  { failureConverter, payloadConverter }: Converters,
  failure: Error,
  owner: SerializationContext,
): object {
  const written = failureConverter.errorToFailure(failure, payloadConverter, owner)
  const { nextRetryDelay, category } = written.applicationFailureInfo ?? {}
  const forServer = {
    nextRetryDelay: Number(nextRetryDelay?.seconds ?? 0) + (nextRetryDelay?.nanos ?? 0) / 1e9,
    category: category ?? 0,
  }
  return { ...forServer, ...viewOf(failureConverter.failureToError(written, payloadConverter, owner)) }
}

const classes = { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure }

function viewOf(error: unknown): object | undefined {
  if (error === undefined || error === null) return undefined
  const { type, nonRetryable, timeoutType, activityType, details, cause, name } = Object(error)
  const known = Object.entries(classes).find(([, each]) => error instanceof each)
  return {
    class: known?.[0] ?? name,
    type: type ?? undefined,
    timeoutType,
    activityType,
    nonRetryable: nonRetryable === true,
    details: [...(details ?? [])],
    cause: viewOf(cause),
  }
}
