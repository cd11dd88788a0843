import { sleep } from '@temporalio/workflow'

/* Workflows of a worker that has no plugin of vodflow. */

/** Has the name of a step of vodflow. */
export async function splitMedia(): Promise<object> {
  return { parts: 3 }
}

export async function waits(): Promise<void> {
  await sleep('1 day')
}
