import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FaultKind } from '../../src/emulator/faults.js'
import { codeOf, type Rig, startRig } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig?.close())

const requests = {
  'of a task that it makes': { request: { ProcedureName: 'flow' }, code: '', tasks: 2 },
  'of a SessionId that it knows': {
    request: { ProcedureName: 'flow' },
    before: true,
    code: 'InvalidParameterValue.SessionId',
    tasks: 2,
  },
  'of a template that it does not know': {
    request: { ProcedureName: 'none' },
    code: 'InvalidParameterValue.ProcedureName',
    tasks: 0,
  },
}

it.each(
  (['loseReply', 'badGateway'] as const satisfies FaultKind[]).flatMap((kind) =>
    Object.entries(requests).map(([name, given]) => ({ kind, name, ...given })),
  ),
)('$kind takes the answer $name', async ({ kind, request, code, tasks, ...given }) => {
  const FileId = await rig.empty()
  const send = () => rig.call('ProcessMediaByProcedure', { FileId, SessionId: FileId, ...request })
  if ('before' in given) await send()
  rig.faults.add({ kind, action: 'ProcessMediaByProcedure', times: 1 })
  const told = await codeOf(send())
  const books = rig.books()
  expect(books.calls.at(-1)).toMatchObject({ code, lost: true })
  expect(told).not.toBe(code)
  expect(books.tasks.filter((task) => task.FileId === FileId)).toHaveLength(tasks)
  expect(rig.faults.list()).toHaveLength(0)
})
