import type { EmulatorTask } from '../../src/emulator/model.js'
import type { Forgery } from './plan.js'
import type { Vod } from './vod.js'

/** A forged event that was posted, and what the callback service said. */
export interface Forged {
  readonly at: number
  readonly forgery: Forgery
  readonly FileId: string
  readonly answer: string
}

/**
 * Posts events as somebody would who can read the console: SessionContexts with good tokens are in every listing. Has
 * no key.
 */
export class Forger {
  readonly forged: Forged[] = []
  readonly #vod: Vod
  readonly #url: string

  constructor(vod: Vod, url: string) {
    this.#vod = vod
    this.#url = url
  }

  /** Whether there was something to forge yet. */
  async strike(forgery: Forgery, FileId: string): Promise<boolean> {
    const tasks = await this.#vod.tasks(FileId)
    const all = forgery === 'foreign TaskId' ? await this.#vod.tasks() : []
    const event = eventFor(forgery, tasks, all)
    if (!event) return false
    const answer = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(10_000),
    }).then(
      async (response) => `${response.status} ${(await response.text()).trim()}`,
      () => 'no answer',
    )
    this.forged.push({ at: Date.now(), forgery, FileId, answer })
    return true
  }
}

function eventFor(
  forgery: Forgery,
  tasks: readonly EmulatorTask[],
  all: readonly EmulatorTask[],
): object | undefined {
  const open = tasks.filter(({ Status }) => Status !== 'FINISH').at(-1)
  const latest = open ?? tasks.at(-1)
  if (!latest) return undefined
  switch (forgery) {
    case 'no token':
      return ended(latest, { SessionContext: 'please believe me' })
    case 'bad MAC': {
      const { SessionContext } = latest
      const end = SessionContext.indexOf('|') < 0 ? SessionContext.length : SessionContext.indexOf('|')
      const last = SessionContext[end - 2] === 'A' ? 'B' : 'A'
      return ended(latest, {
        SessionContext: `${SessionContext.slice(0, end - 2)}${last}${SessionContext.slice(end - 1)}`,
      })
    }
    case 'altered body':
      return ended(latest, {})
    case 'foreign TaskId': {
      const other = all.find(({ FileId, Status }) => FileId !== latest.FileId && Status === 'FINISH')
      return other && ended(latest, { TaskId: other.TaskId, FileId: other.FileId })
    }
    case 'attempt 1 during attempt 2':
    case 'an earlier run': {
      const first = tasks[0]
      return first && first.SessionContext !== latest.SessionContext ? ended(first, {}) : undefined
    }
  }
}

/** Says that a task has ended well, whether or not it has. */
function ended({ TaskId, FileId, SessionContext, SessionId }: EmulatorTask, altered: object): object {
  return {
    EventType: 'ProcedureStateChanged',
    ProcedureStateChangeEvent: {
      TaskId,
      Status: 'FINISH',
      ErrCode: 0,
      Message: 'SUCCESS',
      FileId,
      FileName: 'forged',
      FileUrl: '',
      MediaProcessResultSet: [
        {
          Type: 'Transcode',
          TranscodeTask: { Status: 'SUCCESS', ErrCodeExt: '', Output: { Url: 'http://forged/' } },
        },
      ],
      TasksPriority: 0,
      TasksNotifyMode: 'Finish',
      SessionContext,
      SessionId,
      ...altered,
    },
  }
}
