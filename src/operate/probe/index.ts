import { randomUUID } from 'node:crypto'
import type { ApiCall, VodClient } from '../../vod/client.js'
import type { Answer, ProbeFinding, ProbeQuestion, ProbeTarget, Scene } from './question.js'
import { findMade, searchMs } from './watch.js'

export type { Answer, ProbeQuestion, ProbeTarget } from './question.js'
export { questions } from './questions.js'

export interface ProbeOptions extends ProbeTarget {
  readonly vod: VodClient
  readonly questions: readonly ProbeQuestion[]
  /** Returns the signed calls since its last call, as evidence. */
  readonly calls: () => readonly ApiCall[]
  readonly onAnswer: (answer: Answer) => void
  /** Maximum lag of a listing, ms. Default 10 minutes. */
  readonly searchMs?: number
  /** Ends the probe. The remaining questions are skipped. */
  readonly signal: AbortSignal
}

/** The answers of a probe, and the tasks that it made at VOD. */
export interface ProbeReport {
  readonly answers: readonly Answer[]
  /** Every task that the probe made, all of which are billed. */
  readonly TaskIds: readonly string[]
  /** SessionIds of submissions without an answer. They may have made more tasks, which no listing showed. */
  readonly doubtful: readonly string[]
}

/** Asks a real sub-app one question at a time. A question that fails has no answer, and does not stop the others. */
export async function probe({
  vod,
  questions,
  calls,
  onAnswer,
  signal,
  searchMs: search = searchMs,
  ...target
}: ProbeOptions): Promise<ProbeReport> {
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

async function seenOf(question: ProbeQuestion, scene: Scene): Promise<ProbeFinding> {
  const { needs, id } = question
  const submits = id === submitting
  if (needs !== 'nothing' && !submits && !scene.submitted)
    return unanswered(`the submission was not ${scene.doubtful ? 'answered' : 'accepted'}`)
  if (needs === 'review' && !scene.submitted?.ReviewAudioVideoTaskId)
    return unanswered('the template has no moderation')
  try {
    return await question.ask(scene)
  } catch (error) {
    return unanswered(error instanceof Error ? error.message : String(error))
  }
}

/** Id of the question whose submission makes the task for all others. */
export const submitting = 'refused-session'

function unanswered(saw: string): ProbeFinding {
  return { asAssumed: undefined, saw }
}
