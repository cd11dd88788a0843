import { randomUUID } from 'node:crypto'
import type { ApiCall, VodClient } from '../../vod/client.js'
import type { Answer, Question, Scene, Seen, Target } from './question.js'
import { findMade, searchMs } from './watch.js'

export type { Answer, Question, Target } from './question.js'
export { questions } from './questions.js'

export interface ProbeOptions extends Target {
  readonly vod: VodClient
  readonly questions: readonly Question[]
  /** The signed calls since it was asked last, for the evidence. */
  readonly calls: () => readonly ApiCall[]
  readonly onAnswer: (answer: Answer) => void
  /** How long a listing may lag, ms. Default 10 minutes. */
  readonly searchMs?: number
  /** Ends it; questions that are left are not asked. */
  readonly signal: AbortSignal
}

/** What was asked and answered, and what it left at VOD. */
export interface Probed {
  readonly answers: readonly Answer[]
  /** Every task that it made: they are billed. */
  readonly TaskIds: readonly string[]
  /** SessionIds of submissions that had no answer: they may have made more tasks, which no listing showed. */
  readonly doubtful: readonly string[]
}

/** Asks a real sub-app, one question after the other. One that fails is not answered, and does not stop the others. */
export async function probe({
  vod,
  questions,
  calls,
  onAnswer,
  signal,
  searchMs: search = searchMs,
  ...target
}: ProbeOptions): Promise<Probed> {
  const scene: Scene = {
    ...target,
    vod,
    signal,
    SessionId: randomUUID(),
    beganAt: Date.now(),
    searchMs: search,
    sent: new Set(),
    made: new Set(),
    doubtful: false,
    SessionContext: 'vodflow probe: é, "quotes", \\ and 漢字',
  }
  const answers: Answer[] = []
  for (const question of questions) {
    if (signal.aborted) break
    calls()
    const { asAssumed, saw } = await seenOf(question, scene)
    const answer: Answer = {
      id: question.id,
      answer: asAssumed === undefined ? 'not answered' : asAssumed ? 'as assumed' : 'otherwise',
      saw,
      calls: calls().map(({ action, code, requestId }) => ({ action, code, requestId })),
    }
    answers.push(answer)
    onAnswer(answer)
  }
  const before = scene.made.size
  if (scene.doubtful) await findMade(scene).catch(() => {})
  const unclear = scene.doubtful && scene.made.size === before
  return { answers, TaskIds: [...scene.made], doubtful: unclear ? [...scene.sent] : [] }
}

async function seenOf(question: Question, scene: Scene): Promise<Seen> {
  const { needs, id } = question
  const submits = id === submitting
  if (needs !== 'nothing' && !submits && !scene.submitted)
    return untold(`the submission was not ${scene.doubtful ? 'answered' : 'accepted'}`)
  if (needs === 'review' && !scene.submitted?.ReviewAudioVideoTaskId)
    return untold('the template asks for no moderation')
  try {
    return await question.ask(scene)
  } catch (error) {
    return untold(error instanceof Error ? error.message : String(error))
  }
}

/** The question that makes the task of all others. */
export const submitting = 'refused-session'

function untold(saw: string): Seen {
  return { asAssumed: undefined, saw }
}
