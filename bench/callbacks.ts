import { parseMacKeys } from 'vodflow/worker'
import { sealSessionContext } from '../src/contract/seal/token.js'
import { doAll, jobsOf } from './harness/jobs.js'
import { inPairs, type Way } from './harness/pairs.js'
import { startRelay } from './harness/relay.js'
import type { Bench } from './harness/result.js'
import { median, quantile, ratioOf, ratioText } from './harness/stats.js'
import { startWorld, type World } from './harness/world.js'

const perRound = 400
const atOnce = 20
const addressees = 100

type Body = (number: number) => string

interface Round {
  readonly perSecond: number
  readonly took: readonly number[]
}

/** The whole handler: parse, MAC, once, hint, signal. Against one that parses and signals. */
export const callbacks: Bench = {
  about:
    'callbacks a second through the whole handler, against one that only parses and signals; forged ones besides',
  async run({ rounds }) {
    const world = await startWorld()
    try {
      const event = await capturedEvent(world)
      const ids = await runsThatNobodyServes(world)
      const keys = parseMacKeys(world.setup.macKeys)
      const sealed = sealSessionContext(
        { namespace: 'default', account: 'default', workflowId: 'x', chain: 'x', SessionId: 's' },
        keys,
      )
      const bodies: Readonly<Record<Way | 'forged', Body>> = {
        ours: (number) => {
          const { workflowId, chain } = ids[number % ids.length] as Addressee
          const address = {
            namespace: world.setup.namespace,
            account: 'default',
            workflowId,
            chain,
            SessionId: 's',
          }
          return bodyOf(event, number, sealSessionContext(address, keys))
        },
        floor: (number) => bodyOf(event, number, (ids[number % ids.length] as Addressee).workflowId),
        forged: (number) => bodyOf(event, number, `${sealed.slice(0, -6)}AAAAAA`),
      }
      const urls = { ours: world.ours.callbacksUrl, floor: world.theirs.callbacksUrl }
      let next = 0
      const found = await inPairs(rounds, (way) => {
        const from = next
        next += perRound
        return post(urls[way], { body: bodies[way], from, count: perRound, lanes: atOnce, expected: 200 })
      })
      // Forged ones are posted for as long as the good ones take.
      let over = false
      let forged = 0
      const flood = Array.from({ length: atOnce }, async () => {
        while (!over) {
          await postOne(urls.ours, bodies.forged(forged), 403)
          forged++
        }
      })
      const start = performance.now()
      const good = await post(urls.ours, {
        body: bodies.ours,
        from: next,
        count: perRound,
        lanes: atOnce,
        expected: 200,
      })
      over = true
      await Promise.all(flood)
      const forgedPerSecond = forged / ((performance.now() - start) / 1_000)
      const ratio = ratioOf(
        found.ours.map(({ perSecond }) => perSecond),
        found.floor.map(({ perSecond }) => perSecond),
      )
      const show = (name: string, given: readonly Round[]) => {
        const took = given.flatMap((round) => round.took)
        const speed = median(given.map(({ perSecond }) => perSecond))
        return [name, speed.toFixed(0), quantile(took, 0.5).toFixed(1), quantile(took, 0.99).toFixed(1)]
      }
      return {
        tables: [
          {
            title: `Callbacks, ${atOnce} at once`,
            head: ['handler', 'callbacks a second', 'p50 ms', 'p99 ms'],
            rows: [
              show('vodflow', found.ours),
              show('parses and signals', found.floor),
              show(`vodflow, while ${forgedPerSecond.toFixed(0)} forged ones a second are refused`, [good]),
            ],
          },
        ],
        bars: [
          {
            claim: 'the whole handler at least 0.8 of one that parses and signals',
            measured: ratioText(ratio),
            held: ratio.median >= 0.8,
          },
        ],
        plots: [
          {
            title: 'Callbacks taken',
            unit: 'a second',
            bars: [
              { label: 'vodflow', value: median(found.ours.map(({ perSecond }) => perSecond)) },
              { label: 'parses and signals', value: median(found.floor.map(({ perSecond }) => perSecond)) },
              { label: 'vodflow, while forged ones come', value: good.perSecond },
              { label: 'vodflow, forged ones refused meanwhile', value: forgedPerSecond },
            ],
          },
        ],
        raw: { found, good, forgedPerSecond },
      }
    } finally {
      await world.close()
    }
  },
}

interface Addressee {
  readonly workflowId: string
  readonly chain: string
}

/** Runs on a queue without a worker: Temporal keeps the signals, and nothing else happens. */
async function runsThatNobodyServes({ vodflow }: World): Promise<Addressee[]> {
  const found: Addressee[] = []
  for (let number = 0; number < addressees; number++) {
    const workflowId = `nobody/${number}`
    const { firstExecutionRunId: chain } = await vodflow.client.workflow.start('nobody', {
      taskQueue: 'nobody',
      workflowId,
    })
    found.push({ workflowId, chain })
  }
  return found
}

/** One that VOD has sent. */
async function capturedEvent(world: World): Promise<string> {
  const relay = await startRelay()
  await world.callbacksTo(relay.url)
  relay.to(world.theirs.callbacksUrl)
  const [FileId] = (await world.media(1)) as [string]
  await jobsOf(world).floor(FileId, 'captured')
  relay.close()
  return relay.last()
}

function bodyOf(event: string, number: number, SessionContext: string): string {
  const given = JSON.parse(event)
  const TaskId = `1500000001-Procedure-bench${number}`
  return JSON.stringify({
    ...given,
    ProcedureStateChangeEvent: { ...given.ProcedureStateChangeEvent, TaskId, SessionContext },
  })
}

async function post(
  url: string,
  given: { body: Body; from: number; count: number; lanes: number; expected: number },
): Promise<Round> {
  const { body, from, count, lanes, expected } = given
  const bodies = Array.from({ length: count }, (_, number) => body(from + number))
  const took: number[] = []
  const start = performance.now()
  await doAll(bodies, lanes, async (text) => void took.push(await postOne(url, text, expected)))
  return { perSecond: count / ((performance.now() - start) / 1_000), took }
}

async function postOne(url: string, body: string, expected: number): Promise<number> {
  const start = performance.now()
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const text = await answer.text()
  if (answer.status !== expected) throw new Error(`a callback was answered ${answer.status}: ${text}`)
  return performance.now() - start
}
