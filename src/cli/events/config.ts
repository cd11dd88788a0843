import { type Command, Option } from 'commander'
import { agreed } from '../agreed.js'
import { subAppOption, textOption } from '../options.js'
import { print, table } from '../print.js'
import { vodOfEnvironment } from '../session.js'

interface SetFlags {
  readonly mode: 'PUSH' | 'PULL'
  readonly url?: string
  readonly signKey?: true
  readonly uploads?: 'ON' | 'OFF'
  readonly subApp?: number
  readonly yes: boolean
  readonly json: boolean
}

/** Whether a sub-app's events are pushed, and where to, or pulled. */
export function registerConfig(events: Command): void {
  events
    .command('show')
    .description('shows how the events of an application are delivered')
    .option('--sub-app <SubAppId>', 'default: the application of the account', subAppOption)
    .option('--json', 'one JSON object', false)
    .addHelpText('after', '\nExample:\n  vodflow events show --sub-app 1500000001\n')
    .action(async ({ subApp, json }: { subApp?: number; json: boolean }) => {
      const vod = await vodOfEnvironment()
      const { RequestId: _, ...config } = await vod.call('DescribeEventConfig', appOf(subApp))
      const safe = Object.fromEntries(Object.entries(config).map(([name, value]) => [name, shown(value)]))
      print(json, safe, () => table(Object.entries(safe).map(([name, value]) => [name, String(value)])))
    })
  events
    .command('set')
    .description(
      'sets whether VOD pushes the events of an application to a URL or keeps them to be pulled (ModifyEventConfig)',
    )
    .addOption(new Option('--mode <mode>', 'PUSH or PULL').choices(['PUSH', 'PULL']).makeOptionMandatory())
    .option('--url <URL>', 'with PUSH: the public address of vodflow callbacks', textOption)
    .option('--sign-key', 'VOD signs its callbacks with the VODFLOW_SIGN_KEY of the environment')
    .addOption(
      new Option('--uploads <switch>', 'events of new uploads, for an upload rule').choices(['ON', 'OFF']),
    )
    .option('--sub-app <SubAppId>', 'default: the application of the account', subAppOption)
    .option('--json', 'one JSON object', false)
    .option(
      '--yes',
      'do not ask before settings of others are replaced; required in non-interactive shells',
      false,
    )
    .addHelpText('after', help)
    .action(async ({ mode, url, signKey, uploads, subApp, yes, json }: SetFlags) => {
      checkUrl(mode, url)
      const key = await signKeyOf(signKey === true)
      const vod = await vodOfEnvironment()
      const wanted = {
        Mode: mode,
        NotificationUrl: url,
        UploadMediaCompleteEventSwitch: uploads,
      }
      const present = await vod.call('DescribeEventConfig', appOf(subApp))
      const replaced = replacedBy(wanted, present)
      for (const [name, value] of Object.entries(replaced)) console.error(lineOf(name, value, wanted))
      const unseen = signKey && isSet(present)
      if (unseen)
        console.error('vodflow: a SignKey that is set is replaced; VOD does not show whether one is')
      const asks = unseen || Object.keys(replaced).length > 0
      if (asks && !yes && !(await agreed('Another system may rely on it. Go on?')))
        throw new Error('nothing was changed: another system may rely on these settings; --yes replaces them')
      await vod.call('ModifyEventConfig', { ...wanted, ...key, ...appOf(subApp) })
      print(json, { Mode: mode, replaced }, () => [
        `events are ${mode === 'PUSH' ? 'pushed' : 'kept to be pulled'}; VOD may take a minute`,
      ])
    })
}

type Settings = Readonly<Record<string, unknown>>

/** What somebody has set, and would be something else: as it may be shown. A PUSH to nowhere is nobody's. */
function replacedBy(wanted: Settings, present: Settings): Settings {
  if (!isSet(present)) return {}
  const names = Object.keys(wanted).filter((name) => present[name] !== wanted[name] && isGiven(present[name]))
  // Where events went says more than that they were pushed.
  const leaves = wanted.Mode === 'PULL' && present.Mode === 'PUSH' ? ['NotificationUrl'] : []
  return Object.fromEntries([...names, ...leaves].map((name) => [name, shown(present[name])]))
}

function isSet({ Mode, NotificationUrl }: Settings): boolean {
  return Mode === 'PULL' || NotificationUrl !== ''
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== '' && value !== 'OFF'
}

function lineOf(name: string, was: unknown, { [name]: is }: Settings): string {
  if (is === undefined) return `vodflow: ${name} ${was} gets no more events`
  return `vodflow: replaces ${name} ${was} by ${shown(is)}`
}

/** A query may hold anything, e.g. a token of the receiver. */
function shown(value: unknown): unknown {
  const text = String(value)
  if (!/^https?:/i.test(text)) return value
  if (!URL.canParse(text)) return hidden
  const { protocol, host, pathname, search, username, password } = new URL(text)
  const user = username || password ? `${hidden}@` : ''
  return `${protocol}//${user}${host}${pathname}${search && `?${hidden}`}`
}

const hidden = '[redacted]'

function appOf(subApp: number | undefined): { SubAppId?: number } {
  return subApp === undefined ? {} : { SubAppId: subApp }
}

/** The value is not repeated: it may have a password in it. */
function checkUrl(mode: SetFlags['mode'], text: string | undefined): void {
  if (mode === 'PUSH' && text === undefined)
    throw new Error('--mode PUSH needs --url: where VOD posts its events')
  if (text === undefined) return
  if (mode === 'PULL') throw new Error('--url needs --mode PUSH; pulled events go nowhere')
  const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (!url) throw new Error('--url: is not a URL with http or https; give e.g. https://vod.example.com/')
  if (url.username || url.password)
    throw new Error('--url: has a user or password in it, which VOD would show to everybody; leave it out')
}

async function signKeyOf(wanted: boolean): Promise<{ readonly SignKey?: string }> {
  const { secretIn } = await import('../../contract/secret.js')
  const SignKey = secretIn(process.env, 'VODFLOW_SIGN_KEY')
  if (!wanted) return {}
  if (SignKey) return { SignKey }
  throw new Error('--sign-key: set VODFLOW_SIGN_KEY, at most 32 letters and digits')
}

const help = `
An application has one address. Shows what it replaces, and asks first: another system may rely on it. vodflow callbacks forwards events of other systems to VODFLOW_FORWARD_TO.

Examples:
  vodflow events set --mode PUSH --url https://vod.example.com/ --sub-app 1500000001
  vodflow events set --mode PULL
`
