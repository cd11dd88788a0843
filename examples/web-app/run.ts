import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { createDelivery, createPushHandler } from 'vodflow/callbacks'
import { claim, play, type Stage, say } from '../stage.js'
import { createApp, type Film } from './app.js'

const template = {
  Name: 'film',
  MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }] },
  ReviewAudioVideoTask: { Definition: 10 },
}

const options = { workflows: import.meta.resolve('./workflows.ts'), allow: ['ModifyMediaInfo'] }

await play(options, async (stage) => {
  const { stack, vodflow } = stage
  await stack.vodClient.call('CreateProcedureTemplate', template)
  const deliver = createDelivery({ client: vodflow.client })
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-uploads-'))
  const app = createApp({
    vodflow,
    callbacks: createPushHandler({ keys: stack.macKeys, deliver }),
    async upload(file) {
      const name = file.name.replace(/\.\w+$/, '').slice(0, 64)
      const path = join(folder, `${crypto.randomUUID()}.mp4`)
      await writeFile(path, new Uint8Array(await file.arrayBuffer()))
      const { FileId } = await stack.vod.upload(path, { name })
      return { name, workflowId: await stage.start('film', FileId, template.Name) }
    },
  })
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((listening) => server.once('listening', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await stack.vodClient.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: `${url}/callbacks` })
  say(`web app  ${url}`)
  try {
    if (process.env.KEEP === '1') await untilInterrupted()
    else await visit(url, { ...stage, deliver })
  } finally {
    server.close()
    await rm(folder, { recursive: true, force: true })
  }
})

/** Does what a person would do in a browser. With `KEEP=1`, you can do it yourself. */
async function visit(
  url: string,
  { film, deliver }: Stage & { deliver: ReturnType<typeof createDelivery> },
): Promise<void> {
  const { MediaUrl } = await film('something to review')
  const form = new FormData()
  form.set('file', new File([await (await fetch(MediaUrl)).blob()], 'something to review.mp4'))
  await fetch(`${url}/films`, { method: 'POST', body: form })
  const films = async () => (await (await fetch(`${url}/films`)).json()) as Film[]
  const until = async (state: string) => {
    for (;;) {
      const [first] = await films()
      if (first?.state === state) return first
      await new Promise((again) => setTimeout(again, 200))
    }
  }
  const waiting = await until('waits for a person')
  claim(waiting.gate?.Suggestion === 'review', 'a film is uploaded, processed, and waits for a person')
  const answer = await fetch(`${url}/films/${waiting.workflowId}/decision`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ decision: 'approved', reason: 'looked at it: it is fine' }),
  })
  claim(answer.ok, 'the person approves it')
  const { result } = await until('published')
  claim(result?.published === true, `the film is published: ${result?.because}`)
  claim(deliver.counts().delivered >= 2, "the web app itself received VOD's callbacks")
}

async function untilInterrupted(): Promise<void> {
  say('Everything keeps running until you press Ctrl-C.')
  await new Promise<void>((end) => {
    process.once('SIGINT', () => end())
    process.once('SIGTERM', () => end())
  })
}
