import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Books } from '../books.js'
import type { Context } from '../context.js'
import { adminProblems } from './adminProblems.js'
import { ClockChange, FaultSchema, SwitchChanges } from './adminRequests.js'
import { readBody } from './body.js'

export interface AdminOptions {
  readonly context: Context
  readonly books: Books
}

/** Problems say what was given. */
const reportInput = { reportInput: true }

/** What is not Tencent's API, under `/_admin/`: books, clock, switches, faults, uploads. On loopback only, unsigned. */
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
      else clock.advance(change.advanceMs)
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
          ? adminProblems(error)
          : error instanceof Error
            ? error.message
            : String(error)
      answer(400, { error: problem })
    }
  }

  /** The body is the file; its name in the path becomes the name of the media. */
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

/** Its ending is kept behind another name, and together they must be one that a file can have. */
const maxNameBytes = 240

function fileNameOf(given: string): string {
  const name = basename(given)
  const isOne = !['', '.', '..'].includes(name) && !name.includes('\0')
  if (isOne && Buffer.byteLength(name) <= maxNameBytes) return name
  throw new Error(`this is no name of a file; give one of at most ${maxNameBytes} bytes, e.g. clip.mp4`)
}
