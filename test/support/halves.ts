import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  scheduleActivity,
  setHandler,
  sleep,
  startChild,
  upsertMemo,
} from '@temporalio/workflow'

/* Workflows of users that hand half of an emoji to Temporal: in failures, ids and names. */

const half = '\ud83c'

export async function failsWith(text: string): Promise<void> {
  throw ApplicationFailure.nonRetryable(text, text, text)
}

/** It fails the workflow task. */
export async function throwsPlain(text: string): Promise<void> {
  throw new Error(text)
}

export async function failsByActivity(name: string): Promise<unknown> {
  const retry = { maximumAttempts: 1 }
  return proxyActivities({ startToCloseTimeout: '5 s', retry })[name]?.()
}

/** Each is done under the name that Temporal has for it. */
export async function namesWithHalves(): Promise<string> {
  upsertMemo({ [`memo${half}`]: 1 })
  await sleep(1, { summary: half })
  const where = {
    startToCloseTimeout: '5 s',
    activityId: `id${half}`,
    retry: { maximumAttempts: 1 },
  } as const
  await scheduleActivity('works', [], where)
  const child = await startChild(failsWith, { workflowId: `child${half}${Math.random()}`, args: [half] })
  return child.result().then(
    () => '',
    (error: Error) => (error.cause as Error).message,
  )
}

/** Its handlers throw what they are given. */
export async function takesAll(): Promise<string> {
  let done = false
  setHandler(defineQuery<void, [string]>('ask'), (text) => {
    throw new Error(text)
  })
  const throwing = (text: string) => {
    throw ApplicationFailure.nonRetryable(text)
  }
  setHandler(defineUpdate<void, [string]>('refuse'), () => {}, { validator: throwing })
  setHandler(defineUpdate<void, [string]>('fail'), throwing)
  setHandler(defineSignal('done'), () => {
    done = true
  })
  await condition(() => done)
  return 'done'
}
