import {
  condition,
  defineQuery,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow'

interface Reads {
  readHere(hint: number): Promise<void>
  readElsewhere(hint: number): Promise<void>
}

const { readHere } = proxyLocalActivities<Reads>({
  scheduleToCloseTimeout: '4 s',
  retry: { maximumAttempts: 1 },
})
const { readElsewhere } = proxyActivities<Reads>({ startToCloseTimeout: '10 s' })

export const hinted = defineSignal<[number]>('hint')
export const asked = defineQuery<number, [number]>('asked')

/** Keeps the workflow task, or the answer to a query, waiting, as many queries or a busy worker do. */
function busy(rounds: number): number {
  let sum = 0
  for (let round = 0; round < rounds; round++) sum += round % 7
  return sum
}

/** Reads as a step does: by a local activity for each hint, and by an ordinary one where that fails. */
export async function reads(hints: number): Promise<void> {
  let done = 0
  const end = () => {
    done++
  }
  setHandler(asked, busy)
  setHandler(hinted, (hint) => {
    void readHere(hint).then(
      () => readElsewhere(hint).then(end),
      () => readElsewhere(-hint).then(end),
    )
  })
  busy(3_000_000)
  await condition(() => done === hints)
}
