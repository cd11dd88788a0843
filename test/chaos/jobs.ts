import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome, RunHandle, Vodflow } from '../../src/client/index.js'
import type { Forger } from './forger.js'
import type { Forgery, Job } from './plan.js'
import { untilReached } from './untilReached.js'
import type { Vod } from './vod.js'

/** How a run ended, as its client saw it. */
export interface Ended {
  readonly job: number
  readonly workflowId: string
  readonly run: 'first' | 'rerun'
  /** Types of task that its template makes. */
  readonly types: readonly string[]
  readonly outcome?: Outcome
  /** Why there is no outcome. */
  readonly problem?: string
  readonly startedAt: number
  readonly endedAt: number
}

export const templates = {
  one: { MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } },
  two: {
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    AiContentReviewTask: { Definition: 10 },
    ReviewAudioVideoTask: { Definition: 10, ReviewContents: ['Media', 'Cover'] },
  },
  three: {
    MediaProcessTask: {
      TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }, { Definition: 100030 }],
    },
  },
}

interface Hands {
  readonly vodflow: Vodflow
  readonly vod: Vod
  readonly forger: Forger
  /** An empty file: the media are not the point. */
  readonly file: string
  readonly longestMs: number
}

/** Does one job as an app would, and forges events at it meanwhile. */
export async function doJob(job: Job, hands: Hands): Promise<Ended[]> {
  const { FileId } = await hands.vod.upload(hands.file, { name: job.name })
  const { ProcedureName, TasksNotifyMode, onPartial, looks } = job
  const request = { ProcedureName, FileId, TasksNotifyMode, SessionContext: `job ${job.number}` }
  const options = { onPartial, delays: { looks, listings: [1_000, 2_000, 5_000] }, requireWorker: false }
  const end = async (run: 'first' | 'rerun', start: () => Promise<RunHandle>): Promise<Ended> => {
    const startedAt = Date.now()
    const types = ProcedureName === 'two' ? ['Procedure', 'ReviewAudioVideo'] : ['Procedure']
    const about = { job: job.number, workflowId: FileId, run, types, startedAt }
    const signal = AbortSignal.timeout(hands.longestMs)
    try {
      const started = await untilReached(start)
      const over = new AbortController()
      const forging = forge(job, { FileId, run, hands, signal: over.signal })
      const outcome = await untilReached(() => started.result({ signal })).finally(() => over.abort())
      await forging
      return { ...about, workflowId: started.workflowId, outcome, endedAt: Date.now() }
    } catch (error) {
      const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      return { ...about, problem, endedAt: Date.now() }
    }
  }
  const first = await end('first', () => hands.vodflow.process(request, options))
  if (!job.rerun || first.problem) return [first]
  const earlier = await untilReached(() => hands.vodflow.attach<Outcome>(first.workflowId))
  const second = await end('rerun', async () => {
    // The answer of an earlier try may be lost: a run of another chain is the one that it started.
    const latest = await hands.vodflow.attach<Outcome>(first.workflowId)
    if (latest.chain !== earlier.chain) return latest
    return hands.vodflow.rerun(request, { ...options, reason: 'chaos' })
  })
  return [first, second]
}

/**
 * Strikes as soon as there is something to forge, which for most is while VOD still works. Whatever is repaired gets an
 * event of its first attempt, too.
 */
async function forge(
  { forgery, onPartial }: Job,
  { FileId, run, hands, signal }: { FileId: string; run: Ended['run']; hands: Hands; signal: AbortSignal },
): Promise<void> {
  const kinds: (Forgery | undefined)[] =
    run === 'rerun' ? [forgery] : [forgery, onPartial === 'repair' ? 'attempt 1 during attempt 2' : undefined]
  for (const kind of new Set(kinds)) {
    if (!kind || (kind === 'an earlier run') !== (run === 'rerun')) continue
    while (!signal.aborted && !(await hands.forger.strike(kind, FileId))) {
      await sleep(100, undefined, { signal }).catch(() => {})
    }
  }
}
