// A local VOD in a process of its own, which keeps its data in a folder. Its parent asks it by messages.
import { startEmulator } from '../../dist/emulator/index.js'

const { faults, ...options } = JSON.parse(process.env.CHAOS_VOD)
const vod = await startEmulator({
  ...options,
  log: (fields) => process.send({ entry: { at: Date.now(), ...fields } }),
})
vod.faults.add(...faults)

/** The parent names each upload: one whose answer was lost with an earlier process is there already. */
async function uploaded({ SourceContext }) {
  const media = await (await fetch(`${vod.adminUrl}/media`)).json()
  return media.find((file) => file.SourceContext === SourceContext)
}

const verbs = {
  upload: async ({ path, given, again }) => (again && (await uploaded(given))) || vod.upload(path, given),
  media: ({ FileId }) => vod.media(FileId),
  tasks: ({ FileId }) => vod.books().tasks.filter((task) => FileId === undefined || task.FileId === FileId),
  fault: ({ fault }) => vod.faults.add(fault),
}

process.on('message', async ({ id, verb, args }) => {
  const answer = await verbs[verb](args)
  process.send({ id, answer })
})
process.once('SIGTERM', () => vod.close().then(() => process.exit()))
process.once('disconnect', () => process.exit())
console.log('local VOD is up')
