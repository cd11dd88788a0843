import { type MacKeys, type PushHandler, type StepAddress, signedTestEvent } from 'vodflow/callbacks'

/** Sends your handler VOD's event that a task is at 40 percent. */
export function halfway(address: StepAddress, keys: MacKeys, handler: PushHandler) {
  const TaskId = '1500000001-procedurev2-aaaa'
  const body = signedTestEvent({ address, keys, TaskId, Status: 'PROCESSING', progress: [40] })
  return handler(new Request('http://localhost/', { method: 'POST', body }))
}
