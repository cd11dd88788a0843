import type { ReadInput, Submission, TaskSearch, VodCall, WebhookMessage } from '../contract/activities.js'
import type { BatchInput, ItemEnded } from '../contract/batch.js'
import type { DecideOptions, GateDecision, GateView } from '../contract/gates.js'
import type { TaskHint } from '../contract/hint.js'
import type { ModerationVerdict, Outcome, TaskReading } from '../contract/outcome.js'
import type { RunProgress } from '../contract/progress.js'

/* One message of each kind that clients, workflows and activities send each other, with the values that converters tend to change. */

const FileId = '5285485487985271487'
const TaskId = '1500000001-Procedure-2e1af2456351812be963e309cc133403t0'
const SessionId = 'vf1.0a4ykx1w3mq8n6d2c7r5t9b0e4g8h2jz'
const chain = '0198f3c2-7d4e-7a10-9b21-5f6e7d8c9b0a'
const url = 'https://1500000001.vod2.myqcloud.com/6c9a/5285/f0.mp4?t=6a9b&exper=0&sign=8c1f%2Fa'
const createdAt = 1_790_000_000_123

const input = {
  request: {
    FileId,
    SubAppId: 1_500_000_001,
    ProcedureName: 'Grüße 🎬 e\u0301',
    SessionContext: 'vf1.eyJrZXkiOiI3In0=.Zm9v+/8= ',
    TasksPriority: -1,
    TasksNotifyMode: undefined,
  },
  account: undefined,
  key: '007',
  idempotencyKey: 'true',
  callbacks: false,
  onPartial: 'repair',
  report: '',
  delays: { looks: [21_600_000, 86_400_000], polls: [], lag: [5_000, 2_000, 2_000], lookJitter: 0 },
} satisfies Submission<'ProcessMediaByProcedure'>['input']

const verdict: ModerationVerdict = {
  of: 'Porn.Asr',
  Suggestion: 'review',
  Form: 'Asr.Text',
  segments: [
    {
      StartTimeOffset: 0,
      EndTimeOffset: 12.48,
      Confidence: 99.999_999_1,
      Suggestion: 'review',
      Label: 'Porn',
      Form: 'Asr.Text',
      Text: `1e3\r\n\t<b>"null" & {"a":1}</b> \\ ${'字幕'.repeat(5_000)}`,
      Url: 'http://1500000001.vod2.myqcloud.com/0.jpg#t=1',
      PicUrlExpireTime: '2026-11-30T06:18:00+08:00',
    },
  ],
  truncated: true,
  SegmentSetFileUrlExpireTime: '2026-11-30T06:18:00Z',
}

const reading: TaskReading = {
  TaskId,
  TaskType: 'Procedure',
  Status: 'FINISH',
  CreateTime: '2026-11-30T06:18:00.123Z',
  SessionId,
  FileId,
  percent: 100,
  counts: { succeeded: 1, failed: 1, aborted: 0, unknown: 0 },
  parts: [
    {
      Type: 'Transcode',
      status: 'failed',
      Definition: 100_010,
      ErrCodeExt: 'InvalidParameterValue.FileId',
      Message: ' no such file ',
      Output: { Size: 5_368_709_121, Duration: 29.97, Container: 'mp4', Encrypted: false, Md5: '0123e456' },
      urls: [url],
      Input: { Definition: 10, WatermarkSet: [], Headers: {}, Ranges: [[0, 1.5], [3]], Note: null },
    },
  ],
  verdicts: [verdict],
  newFileIds: ['9', '10', '9'],
  started: [],
  truncated: false,
}

const outcome: Outcome = {
  status: 'partial',
  reason: '1 of 2 sub-tasks failed',
  TaskId,
  ImportMediaKnowledgeTaskIdSet: [],
  FileId,
  newFileIds: ['9'],
  SessionContext: input.request.SessionContext,
  tasks: [reading],
  moderation: { Suggestion: 'review', verdicts: [verdict], truncated: false },
  attempts: [
    { attempt: 1, SessionId, recovered: true, action: 'adopted', TaskIds: [], status: 'failed', reason: '' },
  ],
  endedBy: 'push',
}

const decision: GateDecision = {
  gate: 'review',
  decision: 'approved',
  decidedBy: 'person',
  by: 'Zoë',
  reason: 'good',
  decidedAt: '2026-11-30T06:18:00.000Z',
}

const app = { account: 'default', SubAppId: undefined }

const submission: Submission<'ProcessMediaByProcedure'> = {
  input,
  identity: { name: chain, fresh: false, since: createdAt },
  key: '007',
  attempt: 1,
  chain,
  runId: chain,
  sent: undefined,
}

const read: ReadInput = { ...app, TaskId, waits: [3_000, 600_000], lag: [], untilTerminal: true }

const search: TaskSearch = {
  ...app,
  SessionId,
  sentSince: createdAt,
  keyed: { idempotencyKey: '1e3', request: { FileId } },
  FileId: undefined,
  expected: ['ReviewAudioVideo', 'Procedure'],
  settleMs: 60_000,
  waits: [],
  giveUpAfter: 3,
}

const call: VodCall = {
  account: 'default',
  request: { FileIds: [FileId], Expires: '9999-12-31T23:59:59Z', Birthday: '2026-11-30', Filters: null },
}

const webhook: WebhookMessage = {
  endpoint: 'default',
  type: 'video.ready',
  data: { outcome, subject: null },
  chain,
  key: '0',
  retryDelays: [5_000, 300_000],
}

const hint: TaskHint = {
  v: 1,
  SessionId,
  TaskId: '*',
  terminal: false,
  percent: 0,
  via: 'push',
  at: createdAt,
}

const progress: RunProgress = {
  phase: 'settled',
  attempt: 1,
  percent: 33.3,
  tasks: [{ TaskId, TaskType: 'Procedure', Status: 'ABORTED', percent: 0 }],
  nets: {},
  nextLook: '2026-11-30T12:18:00.000Z',
  canceled: { stopped: [], ended: [TaskId], left: [], submitUnanswered: false },
}

const decide: DecideOptions = {
  gate: 'review',
  decision: 'rejected',
  by: 'Zoë',
  reason: '.',
  runId: undefined,
}

const gate: GateView = {
  gate: 'review',
  runId: chain,
  status: 'approved',
  verdicts: [],
  evidence: [{ what: 'cover', url }],
  subject: null,
  openedAt: '2026-11-30T06:18:00.000Z',
  deadline: '2026-12-01T06:18:00.000Z',
  onDeadline: 'rejected',
  reminders: 0,
  escalated: false,
  decision,
}

const batch: BatchInput = {
  source: { FileIds: Array.from({ length: 1_000 }, (_, index) => `${5_285_485_487_000_000 - index}`) },
  ProcedureName: 'LongVideoPreset',
  TasksPriority: -1,
  skipDone: true,
  maxTasks: undefined,
  dryRun: false,
}

const item: ItemEnded = { FileId, status: 'refused', reason: '', tasks: 0, lastMadeAt: createdAt }

/** Every kind of message by its name. */
export const sampleMessages: Readonly<Record<string, unknown>> = {
  input,
  submission,
  read,
  search,
  call,
  webhook,
  hint,
  progress,
  outcome,
  decide,
  gates: [gate],
  batch,
  // Results and arguments that are no objects.
  items: [item],
  nothing: [],
  yes: true,
  no: false,
  name: 'VodflowOverdue',
  digits: FileId,
  empty: '',
  none: undefined,
}
