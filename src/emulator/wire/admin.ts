import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Books } from '../books.js'
import type { Context } from '../context.js'
import { duration } from '../durationSchema.js'
import type { EmulatorFault } from '../faults.js'
import { problemLines, problemsIn } from '../problemLines.js'
import { SwitchChanges } from '../switchChanges.js'
import { readBody } from './body.js'

export interface AdminOptions {
  readonly context: Context
  readonly books: Books
}

/** Problems say what was given. */
const reportInput = { reportInput: true }

/** Serves what is not part of Tencent's API under `/_admin/`: books, clock, switches, faults, uploads. Unsigned, on loopback only. */
export function createAdmin({ context, books }: AdminOptions) {
  const { clock, switches, faults, tasks, media, library } = context
  const routes: Readonly<Record<string, (body: () => Promise<unknown>) => Promise<unknown> | unknown>> = {
    'GET books': () => ({
      calls: books.calls,
      callbacks: books.callbacks,
      tasks: tasks.all(),
      underWay: books.underWay,
    }),
    'GET media': () => media.all(),
    'GET clock': () => ({ at: new Date(clock.now()).toISOString() }),
    'POST clock': async (body) => {
      const change = ClockChange.parse(await body(), reportInput)
      if ('at' in change) clock.set(Date.parse(change.at))
      else clock.advance(change.advance)
      return { at: new Date(clock.now()).toISOString() }
    },
    'GET switches': () => switches,
    'POST switches': async (body) => Object.assign(switches, SwitchChanges.parse(await body(), reportInput)),
    'GET faults': () => faults.list(),
    'POST faults': async (body) => {
      faults.add(...z.array(FaultSchema).parse([await body()].flat(), reportInput))
      return faults.list()
    },
    'DELETE faults': () => {
      faults.clear()
      return []
    },
  }

  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    try {
      const upload = /^upload\/([^/]+)$/.exec(path)?.[1]
      if (request.method === 'PUT' && upload)
        return answer(200, await takeUpload(request, decodeURIComponent(upload)))
      const route = routes[`${request.method} ${path}`]
      if (!route)
        return answer(404, { error: `there is no ${request.method} /_admin/${path}; see docs/emulator.md` })
      answer(200, await route(async () => JSON.parse(String((await readBody(request, 1024 * 1024)) ?? ''))))
    } catch (error) {
      const problem =
        error instanceof z.ZodError
          ? problemLines(problemsIn(error))
          : error instanceof Error
            ? error.message
            : String(error)
      answer(400, { error: problem })
    }
  }

  /** Uploads the body as a media file with the name in the path. */
  async function takeUpload(request: IncomingMessage, given: string): Promise<unknown> {
    const name = fileNameOf(given)
    const folder = await mkdtemp(join(tmpdir(), 'vodflow-upload-'))
    try {
      const path = join(folder, name)
      await pipeline(request, createWriteStream(path))
      const { FileId, MediaUrl } = await library.upload(path)
      return { FileId, MediaUrl }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** Limit for the name of an upload. Its extension is added to another name, and the result must be a valid file name. */
const maxNameBytes = 240

function fileNameOf(given: string): string {
  const name = basename(given)
  const isOne = !['', '.', '..'].includes(name) && !name.includes('\0')
  if (isOne && Buffer.byteLength(name) <= maxNameBytes) return name
  throw new Error(`this is not a file name; use one of at most ${maxNameBytes} bytes, e.g. clip.mp4`)
}

/** Schemas of the bodies that are posted under `/_admin/`. */
const strikes = {
  times: z.int().positive().exactOptional(),
  probability: z.number().min(0).max(1).exactOptional(),
}
const FaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('error'), action: z.string(), code: z.string(), ...strikes }),
  z.strictObject({ kind: z.literal('errorAfter'), action: z.string(), code: z.string(), ...strikes }),
  z.strictObject({ kind: z.literal('badGateway'), action: z.string(), ...strikes }),
  z.strictObject({ kind: z.literal('loseReply'), action: z.string(), ...strikes }),
  z.strictObject({ kind: z.literal('hang'), action: z.string(), ...strikes }),
  z.strictObject({ kind: z.literal('slow'), action: z.string(), delay: duration(), ...strikes }),
  z.strictObject({ kind: z.literal('failSubTask'), Type: z.string(), code: z.string(), ...strikes }),
  z.strictObject({ kind: z.literal('dropCallback'), ...strikes }),
  z.strictObject({ kind: z.literal('delayCallback'), delay: duration(), ...strikes }),
  z.strictObject({ kind: z.literal('doubleCallback'), ...strikes }),
  z.strictObject({ kind: z.literal('reorderCallback'), ...strikes }),
  z.strictObject({ kind: z.literal('forgeCallback'), body: z.record(z.string(), z.unknown()), ...strikes }),
]) satisfies z.ZodType<EmulatorFault, EmulatorFault>

const ClockChange = z.union([z.strictObject({ advance: duration() }), z.strictObject({ at: z.string() })])
