import { isGrpcServiceError, NamespaceNotFoundError, ServiceError } from '@temporalio/client'
import { type Case, idOf, type Survey } from './dimensions.js'
import { disturb, linePlanOf, type Underway } from './disturb.js'
import { delaysOf, needsName } from './expectation.js'
import { Hosted } from './host.js'
import { isSettled, judge, type Reported } from './judge.js'
import { stepKinds } from './kinds.js'
import { markerOf } from './marker.js'
import { hintsIn, tasksBefore } from './operator.js'
import { type Rig, subAppOf } from './rig.js'
import { Missed, until } from './until.js'

/** A case that was run, and what is wrong with it. */
export interface Result {
  readonly id: string
  readonly explored: Case
  readonly number: number
  readonly wrong: readonly string[]
  /** Which net brought the end, as the run says; for the report only. */
  readonly endedBy: string
  readonly seconds: number
  /** Numbers of earlier tries: Temporal was past the state that the case wants. */
  readonly missed: readonly number[]
  /** Of an undisturbed run: which workflow tasks it can be reset to. */
  readonly survey?: Survey
}

export interface RunOptions {
  readonly rig: Rig
  /** Numbers are those of media, workflow ids and markers: no two runs share one. */
  readonly nextNumber: () => number
  /** Resolves when the account `late` is served. Of a step that waits for no worker the default. */
  readonly served?: () => Promise<void>
}

const maxTries = 5
const settleMs = 20_000

/** Runs a case, again where it came too late for the state that it wants, and judges it. Never rejects. */
export async function run(explored: Case, options: RunOptions): Promise<Result> {
  const id = idOf(explored)
  const startedAt = Date.now()
  const missed: number[] = []
  for (;;) {
    const number = options.nextNumber()
    const about = { id, explored, number, missed: [...missed] }
    const seconds = () => (Date.now() - startedAt) / 1_000
    try {
      const done = await runOnce(explored, number, options)
      return { ...about, ...done, seconds: seconds() }
    } catch (error) {
      if ((error instanceof Missed || isServerAway(error)) && missed.length < maxTries) {
        missed.push(number)
        continue
      }
      const wrong = [error instanceof Error ? `${error.name}: ${error.message}` : String(error)]
      return { ...about, wrong, endedBy: 'nothing', seconds: seconds() }
    }
  }
}

/** A busy dev server now and then does not answer, or does not find its own namespace. */
function isServerAway(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error
  if (cause instanceof NamespaceNotFoundError) return true
  return isGrpcServiceError(cause) && (cause.code === deadlineExceeded || cause.code === unavailable)
}

/** gRPC's codes. */
const deadlineExceeded = 4
const unavailable = 14

type Done = Pick<Result, 'wrong' | 'endedBy' | 'survey'>

async function runOnce(
  explored: Case,
  number: number,
  { rig, served = async () => {} }: RunOptions,
): Promise<Done> {
  const { kind, host, net, disturbance } = explored
  const late = disturbance.do === 'operate' && disturbance.phase === 'scheduled'
  const name = nameFor(idOf(explored))
  const media = await rig.upload(kind, name)
  rig.books.own(media.FileId, number)
  const line = rig.wire.open(number, linePlanOf(explored))
  const source = { ...media, name, SubAppId: subAppOf(kind), SessionContext: markerOf(number) }
  const request = stepKinds[kind].request(source)
  if (request.FileId !== undefined) await rig.processElsewhere(kind, media.FileId)
  const input = {
    request,
    delays: delaysOf(explored),
    ...(late ? { account: 'late' } : {}),
  }
  const hosted = new Hosted(rig.client(net), host, `explore/${number}`)
  const tasks = () => rig.books.tasksOf(number)
  const earlier = () => rig.books.earlierThan(number)
  await hosted.start(explored, input)
  const driven = drive({ explored, hosted, line, tasks, earlier, served })
  try {
    return await Promise.race([driven, line.broken])
  } catch (error) {
    driven.catch(() => {})
    await hosted.terminate()
    throw error
  }
}

async function drive(underway: Underway): Promise<Done> {
  const { explored, hosted, line, tasks, earlier } = underway
  await disturb(underway)
  const reported = await reportedBy(hosted, explored)
  // Where too few are made, the judge says so.
  const settled = () => isSettled(explored, tasks()) || undefined
  await until('the end of its tasks', settled, settleMs).catch(() => {})
  const facts = { heard: line.heard, named: await isNamed(hosted, explored) }
  return {
    wrong: judge(explored, { tasks: tasks(), earlier: earlier(), facts, reported }),
    endedBy: 'outcome' in reported ? (reported.outcome.endedBy ?? 'nothing read') : 'failure',
    ...(explored.disturbance.do === 'nothing' ? { survey: await survey(hosted) } : {}),
  }
}

/** An event about the case has reached the run that reports. Asked only where that makes a difference. */
async function isNamed(hosted: Hosted, explored: Case): Promise<boolean> {
  if (explored.net !== 'event' || !needsName(explored)) return false
  return hintsIn(await hosted.operator.history(await hosted.step())) > 0
}

/** Who is asked how it ended: the run that was disturbed. */
async function reportedBy(hosted: Hosted, { host, disturbance }: Case): Promise<Reported> {
  if (disturbance.do === 'reset') {
    await hosted.reported()
    return hosted.reportedByStep()
  }
  const reported = await hosted.reported()
  // A reset parent cannot have a second child of this id while the first one runs: Temporal says so, and the first child reports.
  const refused = 'failure' in reported && /already started/i.test(reported.failure)
  const first = host === 'child-id' && disturbance.do === 'resetParent' && disturbance.moment === 'waiting'
  return refused && first ? hosted.reportedByStep() : reported
}

async function survey(hosted: Hosted): Promise<Survey> {
  const [top, step] = await Promise.all([hosted.top(), hosted.step()])
  const own = await hosted.operator.history(step)
  const parent = top.workflowId === step.workflowId ? [] : await hosted.operator.history(top)
  const waits = own.some((event) => event.timerStartedEventAttributes)
  return {
    own: {
      waiting: waits ? tasksBefore(own, (event) => event.timerStartedEventAttributes) : 0,
      ended: tasksBefore(own, () => false),
    },
    parent: {
      waiting: tasksBefore(parent, (event) => event.childWorkflowExecutionCompletedEventAttributes),
      ended: tasksBefore(parent, () => false),
    },
  }
}

/** The name decides what moderation says. Of an id always the same, so that a case can be run again. */
function nameFor(id: string): string {
  const names = ['clip', 'block', 'block-cover', 'block-media', 'review-terrorism', 'review-fails'] as const
  let hash = 0
  for (const letter of id) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0
  return names[hash % names.length] as string
}
