import {
  callVod,
  notify,
  processMediaByProcedure,
  pullUpload,
  reviewGate,
} from '../../src/workflows/index.js'

/* One workflow for each row of docs/cost.md. */

export async function nothing(): Promise<void> {}

export async function oneTask(FileId: string): Promise<void> {
  await processMediaByProcedure({ request: { FileId, ProcedureName: 'one' } })
}

export async function twoTasks(FileId: string): Promise<void> {
  await processMediaByProcedure({ request: { FileId, ProcedureName: 'two' } })
}

export async function pull(MediaUrl: string): Promise<void> {
  await pullUpload({ request: { MediaUrl } })
}

export async function read(FileId: string): Promise<void> {
  await callVod('DescribeMediaInfos', { FileIds: [FileId] })
}

export async function notified(): Promise<void> {
  await notify({ type: 'made', data: {} })
}

const verdict = { Suggestion: 'pass', Label: '', Form: '' } as const
const verdicts = [
  {
    ...verdict,
    of: 'Media',
    segments: [],
    truncated: false,
    SegmentSetFileUrl: '',
    SegmentSetFileUrlExpireTime: '',
  },
]

export async function gateByPolicy(): Promise<void> {
  await reviewGate({ moderation: { ...verdict, verdicts, truncated: false } })
}

export async function gateByPerson(): Promise<void> {
  await reviewGate({ moderation: undefined })
}
