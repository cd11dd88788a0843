import { condition, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow'
import type { Outcome } from '../../src/contract/outcome.js'
import { adoptTask, callVod, notify, processMediaByProcedure, reviewGate } from '../../src/workflows/index.js'

export type Called = 'step' | 'adoptTask' | 'callVod' | 'notify' | 'reviewGate'

export const peek = defineQuery<unknown, [Called]>('peek')
export const peekAsync = defineQuery<unknown, [Called]>('peekAsync')
export const peekBroken = defineQuery<unknown>('peekBroken')
export const checked = defineUpdate<number, [Called | undefined]>('checked')
export const checkedAsync = defineUpdate<number, [Called | undefined]>('checkedAsync')
export const named = defineUpdate<string, [string]>('named')
export const go = defineSignal('go')

/** Handlers that call what only the workflow and its other handlers may call. */
export async function callsInHandlers(FileId: string): Promise<Outcome> {
  const input = { request: { FileId, ProcedureName: 'one' } }
  const calls: Record<Called, () => Promise<unknown>> = {
    step: () => processMediaByProcedure(input),
    adoptTask: () => adoptTask({ TaskId: '1500000000-procedurev2-1' }),
    callVod: () => callVod('DescribeMediaInfos', { FileIds: [FileId] }),
    notify: () => notify({ type: 'peeked', data: {} }),
    reviewGate: () => reviewGate({ moderation: undefined }),
  }
  let started: Promise<Outcome> | undefined
  setHandler(peek, (called) => {
    void calls[called]()
    return 'answered'
  })
  setHandler(peekAsync, async (called) => await calls[called]())
  setHandler(peekBroken, () => {
    throw new Error('the query is broken')
  })
  setHandler(checked, () => 1, {
    validator: (called: Called | undefined) => {
      if (called !== undefined) void calls[called]()
    },
  })
  setHandler(checkedAsync, () => 2, {
    validator: async (called: Called | undefined) => {
      if (called !== undefined) await calls[called]()
    },
  })
  setHandler(
    named,
    async (id) => {
      const { MediaInfoSet } = await callVod('DescribeMediaInfos', { FileIds: [id] })
      return MediaInfoSet?.[0]?.FileId ?? ''
    },
    {
      validator: (id) => {
        if (id === '') throw new Error('the id is empty')
      },
    },
  )
  setHandler(go, () => {
    started = processMediaByProcedure(input)
  })
  await condition(() => started !== undefined)
  return started as Promise<Outcome>
}
