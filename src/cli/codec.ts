import { isIP } from 'node:net'
import { type Command, InvalidArgumentError } from 'commander'
import type { Access } from '../operate/codec/index.js'
import { createLog, type LogFlags, withLogOptions } from './log.js'
import { portOption, textOption, urlOption } from './options.js'
import { untilStopped } from './untilStopped.js'

interface CodecFlags extends LogFlags {
  readonly port: number
  readonly host: string
  readonly uiOrigin: readonly string[]
  readonly jwks?: string
  readonly issuer?: string
  readonly audience?: string
}

export function registerCodec(program: Command): void {
  withLogOptions(program.command('codec'))
    .description('decrypts payloads for authorized users of the Temporal UI and the temporal command')
    .requiredOption(
      '--ui-origin <origin>',
      'origin of the Temporal UI, e.g. http://127.0.0.1:8233; repeatable',
      originOption,
    )
    .option('--port <port>', 'port to listen on; 0 takes any free port', portOption, 8234)
    .option(
      '--host <address>',
      'address to listen on; 0.0.0.0 accepts connections from outside, and requires tokens',
      textOption,
      '127.0.0.1',
    )
    .option('--jwks <url>', 'URL of the public keys of the issuer of Temporal UI logins', jwksOption)
    .option('--issuer <url>', 'iss claim of the login tokens', textOption)
    .option('--audience <name>', 'aud claim of the login tokens', textOption)
    .addHelpText('after', help)
    .action(async (flags: CodecFlags) => {
      const { port, host, uiOrigin: origins } = flags
      const [{ createCodecHandler }, { encryptionFromEnv }, { startCallbackServer }] = await Promise.all([
        import('../operate/codec/index.js'),
        import('../temporal/encryption.js'),
        import('../callbacks/index.js'),
      ])
      if (!process.env.VODFLOW_PAYLOAD_KEYS)
        throw new Error(
          'VODFLOW_PAYLOAD_KEYS is not set; set it to the keys with which worker and clients encrypt',
        )
      const { dataConverter } = encryptionFromEnv()
      const access = await accessOf(flags)
      if (!access && !isThisMachine(host)) {
        throw new Error(
          `--host ${host}: anyone who can connect could read everything; set VODFLOW_CODEC_TOKENS, or pass --jwks, --issuer and --audience`,
        )
      }
      const logger = await createLog(flags)
      const stopped = untilStopped()
      const handler = createCodecHandler({ dataConverter, origins, access, logger })
      const server = await startCallbackServer({ handler, port, host, logger })
      console.log(`vodflow codec on ${server.url} for ${origins.join(', ')}`)
      await Promise.race([stopped, server.ended])
      await server.close()
    })
}

async function accessOf({ jwks, issuer, audience }: CodecFlags): Promise<Access | undefined> {
  const { accessByIssuer, accessByTokens, anyOf } = await import('../operate/codec/index.js')
  const given = [jwks, issuer, audience].filter((each) => each !== undefined)
  if (given.length !== 0 && given.length !== 3)
    throw new Error(
      '--jwks, --issuer and --audience belong together; pass all three, because a token is checked against each',
    )
  const tokens = process.env.VODFLOW_CODEC_TOKENS
  const ways = [
    ...(tokens ? [accessByTokens(tokens)] : []),
    ...(jwks && issuer && audience ? [await accessByIssuer({ jwks, issuer, audience })] : []),
  ]
  return ways.length === 0 ? undefined : anyOf(ways)
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function jwksOption(text: string): string {
  const { username, password } = new URL(urlOption(text))
  if (username === '' && password === '') return text
  throw new InvalidArgumentError('The URL contains a user or password, which cannot be sent; remove it.')
}

/** Parses an origin as a browser sends it, without a path. */
function originOption(text: string, before: readonly string[] = []): string[] {
  const origin =
    URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? new URL(text).origin : undefined
  if (origin === undefined || text.replace(/\/$/, '') !== origin)
    throw new InvalidArgumentError(
      'Pass scheme, host and port, without a path, e.g. https://temporal.example.com.',
    )
  return [...before, origin]
}

const help = `
In the Temporal UI, choose "Configure Codec Server" at the top right and enter the address of this server. With login tokens, also
choose "Pass the user access token". For all users, set TEMPORAL_CODEC_ENDPOINT of the UI's server. The codec server answers only
POST /decode, and logs who read how many payloads.

Examples:
  vodflow codec --ui-origin http://127.0.0.1:8233
  vodflow codec --ui-origin https://temporal.example.com --host 0.0.0.0 --jwks https://login.example.com/jwks --issuer https://login.example.com --audience temporal
  temporal workflow show --workflow-id episode-7 --codec-endpoint http://127.0.0.1:8234 --codec-auth "Bearer $TOKEN"

Environment:
  VODFLOW_PAYLOAD_KEYS   the same keys as the worker's
  VODFLOW_CODEC_TOKENS   ann:<at least 32 characters>,bob:...; who may read, for clients that send a token
`
