import { ValueError } from '@temporalio/common'

/** What Temporal's converters throw, and those of users that follow their example. */
const namesOfUnreadable = ['ValueError', 'PayloadConverterError']

/** A payload that cannot be read fails the workflow task until somebody acts on it: its failure says what to do. */
export function withRemedy<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Error) || !namesOfUnreadable.includes(error.name)) throw error
    throw new ValueError(
      `this worker cannot read what the workflow was sent (${error.message}); give clients, callback services and workers the same dataConverter`,
      error,
    )
  }
}
