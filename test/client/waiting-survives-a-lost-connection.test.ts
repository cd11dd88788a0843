import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ClosedError, connect, TemporalUnreachableError, type Vodflow } from '../../src/client/index.js'
import { openRig, quickly, type Rig } from './rig.js'
import { Wire } from './wire.js'

let rig: Rig
let wire: Wire
let vodflow: Vodflow
let connection: Connection
beforeAll(async () => {
  rig = await openRig()
  wire = new Wire(Number(rig.address.split(':').at(-1)))
  // Without the retries of Temporal's client, which would hide a short cut.
  connection = await Connection.connect({ address: await wire.listen(), interceptors: [] })
  vodflow = await connect({ client: new Client({ connection }), answerTimeout: 2_000 })
})
afterAll(async () => {
  await connection?.close()
  wire?.close()
  await rig?.close()
})

const ProcedureName = 'TranscodeAndSnapshot'

describe('a lost connection', () => {
  it('delays a result, and fails a start by name', async () => {
    const run = await vodflow.process({ FileId: 'cut', ProcedureName }, quickly)
    let early = false
    const result = run.result().finally(() => {
      early = true
    })
    wire.cut = true
    wire.drop()
    await expect(vodflow.process({ FileId: 'other', ProcedureName }, quickly)).rejects.toThrow(
      TemporalUnreachableError,
    )
    await expect(run.progress()).rejects.toThrow(TemporalUnreachableError)
    const list = vodflow.list()[Symbol.asyncIterator]()
    await expect(list.next()).rejects.toThrow(TemporalUnreachableError)
    rig.vod.finish('cut')
    expect(early).toBe(false)
    wire.cut = false
    expect((await result).status).toBe('succeeded')
  })

  it('that we let go of ourselves ends all waiting', async () => {
    const own = await connect({ address: rig.address })
    const run = await own.process({ FileId: 'closed', ProcedureName }, quickly)
    const result = run.result()
    const began = expect(result).rejects.toThrow(ClosedError)
    await own.close()
    await began
    await expect(run.progress()).rejects.toThrow(ClosedError)
    await expect(own.process({ FileId: 'closed', ProcedureName }, quickly)).rejects.toThrow(ClosedError)
  })

  it('is passed over by who watches', async () => {
    const run = await vodflow.process({ FileId: 'watched', ProcedureName }, quickly)
    const phases: string[] = []
    for await (const { phase } of run.watch({ interval: 20 })) {
      phases.push(phase)
      if (phase === 'waiting') {
        wire.drop()
        rig.vod.finish('watched')
      }
    }
    expect(phases.at(-1)).toBe('settled')
  })
})
