import type { Command } from 'commander'
import { plain } from '../../contract/visible.js'
import { portOption, subAppOption, textOption } from '../options.js'
import { vodOfEnvironment } from '../session.js'
import { untilStopped } from '../untilStopped.js'

interface ListenFlags {
  readonly port?: number
  readonly host: string
  readonly pull: boolean
  readonly subApp?: number
}

const limits = { maxBytes: 256 * 1024, timeoutMs: 5_000, maxTotalBytes: 32 * 1024 * 1024 }

/** Registers `listen`, which prints events as they arrive, one JSON object per line, and does nothing else. */
export function registerListen(events: Command): void {
  events
    .command('listen')
    .description('prints events as they arrive, without waking any run')
    .option('--port <port>', 'listen for pushed events; 0 takes any free port', portOption)
    .option(
      '--host <address>',
      'address to listen on; 0.0.0.0 accepts connections from outside',
      textOption,
      '127.0.0.1',
    )
    .option('--pull', 'pull events and confirm none; VOD returns them again after 30 s', false)
    .option('--sub-app <SubAppId>', 'sub-app to pull from, with --pull', subAppOption)
    .addHelpText('after', help)
    .action(async ({ port, host, pull, subApp }: ListenFlags) => {
      if ((port === undefined) === !pull)
        throw new Error('pass --port to receive pushed events, or --pull to pull them')
      const stopped = untilStopped()
      if (port !== undefined) {
        const { startCallbackServer } = await import('../../callbacks/index.js')
        const { BodyReader } = await import('../../callbacks/bodyReader.js')
        const bodies = new BodyReader(limits)
        const handler = async (request: Request) => {
          const read = await bodies.read(request)
          if ('unread' in read) return new Response(null, { status: 400 })
          show(read.body.toString())
          return new Response()
        }
        const server = await startCallbackServer({ handler, port, host })
        console.error(`listening on ${server.url}`)
        await Promise.race([stopped, server.ended])
        return server.close()
      }
      const vod = await vodOfEnvironment()
      let goesOn = true
      void stopped.then(() => {
        goesOn = false
      })
      const app = { SubAppId: subApp }
      while (goesOn) {
        const { EventSet } = await vod.call('PullEvents', app, { timeout: 15_000 }).catch(noEvents)
        for (const event of EventSet) show(JSON.stringify(event))
      }
    })
}

/** VOD answers with an error if the queue is empty. */
function noEvents(error: unknown): { EventSet: never[] } {
  if (Object(error).code?.startsWith('ResourceNotFound')) return { EventSet: [] }
  throw error
}

function show(text: string): void {
  console.log(plain(text))
}

const help = `
Warning: an application has one callback address, and a pulled event is hidden from other pullers for 30 s.

Examples:
  vodflow events listen --port 8080 --host 0.0.0.0
  vodflow events listen --pull --sub-app 1500000001
`
