import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import type { GateView, Vodflow } from 'vodflow'
import type { PushHandler } from 'vodflow/callbacks'
import type { FilmResult } from './workflows.js'

export interface AppOptions {
  readonly vodflow: Vodflow
  /** Handles VOD's callbacks. It takes a web Request and returns a Response, so you can mount it in any framework. */
  readonly callbacks: PushHandler
  /** Uploads a file to VOD, as Tencent's upload SDK does, and starts its workflow. */
  readonly upload: (file: File) => Promise<{ readonly name: string; readonly workflowId: string }>
}

/** A film as the page shows it. */
export interface Film {
  readonly name: string
  readonly workflowId: string
  readonly state: string
  readonly percent: number
  readonly gate?: {
    readonly Suggestion: string
    readonly Label: string
    /** URL of the film. */
    readonly url: string
    /** Links to what VOD has found. */
    readonly evidence: GateView['evidence']
  }
  readonly result?: FilmResult
}

/** Creates the web app: a page, its small API, and the handler of VOD's callbacks. */
export function createApp({ vodflow, callbacks, upload }: AppOptions): Hono {
  const app = new Hono()
  const films: { readonly name: string; readonly workflowId: string }[] = []

  app.get('/', async (c) => c.html(await readFile(new URL('page.html', import.meta.url), 'utf8')))

  app.post('/films', async (c) => {
    const { file } = await c.req.parseBody()
    if (!(file instanceof File) || file.size === 0) return c.text('choose a file', 400)
    films.push(await upload(file))
    return c.redirect('/')
  })

  app.get('/films', async (c) => c.json(await Promise.all(films.map((film) => show(vodflow, film)))))

  app.post('/films/:workflowId/decision', async (c) => {
    const { decision, reason } = await c.req.json()
    try {
      const by = 'the editor'
      return c.json(await vodflow.decide(c.req.param('workflowId'), { gate: 'review', decision, by, reason }))
    } catch (error) {
      return c.text(error instanceof Error ? error.message : String(error), 409)
    }
  })

  // Mount it before any body parser, because the handler needs the original bytes.
  app.post('/callbacks', (c) => callbacks(c.req.raw))
  return app
}

async function show(vodflow: Vodflow, film: Pick<Film, 'name' | 'workflowId'>): Promise<Film> {
  const { workflowId } = film
  const handle = vodflow.client.workflow.getHandle(workflowId)
  const { status } = await handle.describe()
  if (status.name === 'COMPLETED') {
    const result: FilmResult = await handle.result()
    return { ...film, state: result.published ? 'published' : 'rejected', percent: 100, result }
  }
  if (status.name !== 'RUNNING') return { ...film, state: status.name.toLowerCase(), percent: 0 }
  const progress = await (await vodflow.attach(workflowId)).progress()
  const gate = (await vodflow.gates(workflowId)).find((each) => each.status === 'open')
  if (!gate)
    return { ...film, state: progress?.phase ?? 'waits for its first step', percent: progress?.percent ?? 0 }
  const { Suggestion = 'no verdict', Label = '', evidence } = gate
  const { url } = gate.subject as { url: string }
  const seen = { Suggestion, Label, url, evidence }
  return { ...film, state: 'waits for a person', percent: 100, gate: seen }
}
