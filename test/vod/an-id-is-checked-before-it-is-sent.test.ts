import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InvalidInputError } from '../../src/contract/errors.js'
import { adoptInput } from '../../src/contract/inputs.js'
import { parseStepInput } from '../../src/contract/parse/step.js'
import { valid } from '../../src/contract/valid.js'
import { createVodClient } from '../../src/vod/client.js'

let asked = 0
const server = createServer((_, response) => {
  asked++
  response.end('{"Response":{"RequestId":"r"}}')
})
let vod: ReturnType<typeof createVodClient>
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  vod = createVodClient({ endpoint, credentials: { secretId: 'AKIDEXAMPLE', secretKey: 'k' } })
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** No id, however it is meant. */
const notIds = [
  ' 528 ',
  '528\n',
  '\t528',
  '528\u00a0',
  '5 28',
  '',
  ' ',
  '528\u0000',
  '\ufeff528',
  '５２８',
  '528\ud83c',
]

describe('an id with something beside it is refused, by its field and with a remedy', () => {
  const problemsOf = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInputError)
      return (error as InvalidInputError).problems
    }
    return []
  }
  const wrong = (field: string) => [
    { field, problem: expect.stringMatching(/^(is|has) /), remedy: expect.stringMatching(/^pass /) },
  ]

  it.each(notIds)('%j, given to a step', (id) => {
    const step = (action: 'ProcessMediaByProcedure' | 'SplitMedia' | 'EditMedia', request: object) =>
      problemsOf(() => parseStepInput(action, { request }))
    expect(step('ProcessMediaByProcedure', { FileId: id, ProcedureName: 'one' })).toEqual(
      wrong('request.FileId'),
    )
    expect(step('SplitMedia', { FileId: id, Segments: [{}] })).toEqual(wrong('request.FileId'))
    expect(step('EditMedia', { InputType: 'File', FileInfos: [{ FileId: id }] })).toEqual(
      wrong('request.FileInfos.0.FileId'),
    )
    expect(problemsOf(() => valid(adoptInput, { TaskId: id }))).toEqual(wrong('TaskId'))
  })

  it.each(notIds)('%j, sent by the name of an action', async (id) => {
    const sent: readonly [action: string, request: Record<string, unknown>, field: string][] = [
      ['DeleteMedia', { FileId: id }, 'FileId'],
      ['DescribeMediaInfos', { FileIds: ['528', id] }, 'FileIds.1'],
      ['ManageTask', { TaskId: id, OperationType: 'Abort' }, 'TaskId'],
    ]
    for (const [action, request, field] of sent) {
      const error = await vod.send(action, request).catch((thrown) => thrown)
      expect(error).toBeInstanceOf(InvalidInputError)
      expect(error.problems).toEqual(wrong(field))
    }
    const search = await vod.call('SearchMedia', { FileIds: ['528', id] }).catch((thrown) => thrown)
    expect(search.problems).toEqual(wrong('FileIds.1'))
    expect(asked).toBe(0)
  })

  it.each([' one', 'one\n', 'o\u0007ne', '', '\u3000one', 'one\udfff'])(
    'the name of a template: %j',
    (Name) => {
      const input = { request: { FileId: '528', ProcedureName: Name } }
      expect(problemsOf(() => parseStepInput('ProcessMediaByProcedure', input))).toEqual(
        wrong('request.ProcedureName'),
      )
    },
  )

  it.each([0, -1, 1.5, '1500000001', ' 1500000001 ', Number.NaN])('a SubAppId: %j', async (SubAppId) => {
    await expect(vod.send('DeleteMedia', { FileId: '528', SubAppId })).rejects.toThrow(/^SubAppId: /)
    expect(asked).toBe(0)
  })
})

it('names of other scripts, and blanks within them, are names', () => {
  for (const ProcedureName of ['转码 一', 'Überblick', 'two words'])
    parseStepInput('ProcessMediaByProcedure', { request: { FileId: '528', ProcedureName } })
})

it('whatever is sent, an id that VOD could not have made is never on its way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (FileId) => {
      const before = asked
      const sent = await vod.send('DeleteMedia', { FileId }).then(
        () => true,
        () => false,
      )
      expect(sent).toBe(/^[\x21-\x7e]{1,64}$/.test(FileId))
      expect(asked - before).toBe(sent ? 1 : 0)
    }),
    { numRuns: 200 },
  )
})
