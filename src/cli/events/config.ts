import { type Command, Option } from 'commander'
import { plain } from '../../contract/visible.js'
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

/** Registers `show` and `set`, which read and change how the events of a sub-app are delivered. */
export function registerConfig(events: Command): void {
  events
    .command('show')
    .description('shows how the events of an application are delivered')
    .option('--sub-app <SubAppId>', 'sub-app to use (default: the application of the account)', subAppOption)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', '\nExample:\n  vodflow events show --sub-app 1500000001\n')
    .action(async ({ subApp, json }: { subApp?: number; json: boolean }) => {
      const vod = await vodOfEnvironment()
      const { RequestId: _, ...config } = await vod.call('DescribeEventConfig', { SubAppId: subApp })
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
    .option('--sign-key', 'make VOD sign its callbacks with VODFLOW_SIGN_KEY')
    .addOption(
      new Option('--uploads <switch>', 'events of new uploads, for an upload rule').choices(['ON', 'OFF']),
    )
    .option('--sub-app <SubAppId>', 'sub-app to use (default: the application of the account)', subAppOption)
    .option('--json', 'print one JSON object', false)
    .option(
      '--yes',
      'replace existing settings without confirmation; required in non-interactive shells',
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
      const present = await vod.call('DescribeEventConfig', { SubAppId: subApp })
      const replaced = replacedBy(wanted, present)
      for (const [name, value] of Object.entries(replaced)) console.error(plain(lineOf(name, value, wanted)))
      const unseen = signKey && isSet(present)
      if (unseen)
        console.error('vodflow: replaces the SignKey if one is set; VOD does not show whether one is')
      const asks = unseen || Object.keys(replaced).length > 0
      if (asks && !yes && !(await agreed('Another system may rely on it. Continue?')))
        throw new Error(
          'nothing was changed: another system may rely on these settings; pass --yes to replace them',
        )
      await vod.call('ModifyEventConfig', { ...wanted, ...key, SubAppId: subApp })
      print(json, { Mode: mode, replaced }, () => [
        `events are ${mode === 'PUSH' ? 'pushed' : 'kept to be pulled'}; VOD may need a minute to apply it`,
      ])
    })
}

type EventSettings = Readonly<Record<string, unknown>>

/** Returns the existing settings that would change, without secrets. A PUSH without a URL counts as not set. */
function replacedBy(wanted: EventSettings, present: EventSettings): EventSettings {
  if (!isSet(present)) return {}
  const names = Object.keys(wanted).filter((name) => present[name] !== wanted[name] && isGiven(present[name]))
  // The old URL says more than the old mode.
  const leaves = wanted.Mode === 'PULL' && present.Mode === 'PUSH' ? ['NotificationUrl'] : []
  return Object.fromEntries([...names, ...leaves].map((name) => [name, shown(present[name])]))
}

function isSet({ Mode, NotificationUrl }: EventSettings): boolean {
  return Mode === 'PULL' || NotificationUrl !== ''
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== '' && value !== 'OFF'
}

function lineOf(name: string, was: unknown, { [name]: is }: EventSettings): string {
  if (is === undefined) return `vodflow: ${name} ${was} receives no more events`
  return `vodflow: replaces ${name} ${was} with ${shown(is)}`
}

/** Hides the query of a URL, because it may contain a secret, e.g. a token of the receiver. */
function shown(value: unknown): unknown {
  const text = String(value)
  if (!/^https?:/i.test(text)) return value
  if (!URL.canParse(text)) return hidden
  const { protocol, host, pathname, search, username, password } = new URL(text)
  const user = username || password ? `${hidden}@` : ''
  return `${protocol}//${user}${host}${pathname}${search && `?${hidden}`}`
}

const hidden = '[redacted]'

/** The errors do not repeat the value, because it may contain a password. */
function checkUrl(mode: SetFlags['mode'], text: string | undefined): void {
  if (mode === 'PUSH' && text === undefined)
    throw new Error('--mode PUSH needs --url; pass the URL to which VOD posts its events')
  if (text === undefined) return
  if (mode === 'PULL') throw new Error('--url needs --mode PUSH; VOD posts no events that are pulled')
  const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (!url) throw new Error('--url: is not a URL with http or https; pass e.g. https://vod.example.com/')
  if (url.username || url.password)
    throw new Error('--url: contains a user or password, which VOD would show to everyone; remove it')
}

async function signKeyOf(wanted: boolean): Promise<{ readonly SignKey?: string }> {
  const { secretIn } = await import('../../contract/secret.js')
  const SignKey = secretIn(process.env, 'VODFLOW_SIGN_KEY')
  if (!wanted) return {}
  if (SignKey) return { SignKey }
  throw new Error('--sign-key: set VODFLOW_SIGN_KEY, at most 32 letters and digits')
}

const help = `
An application has one address. Shows what it replaces and asks first, because another system may rely on it. vodflow callbacks forwards
events of other systems to VODFLOW_FORWARD_TO.

Examples:
  vodflow events set --mode PUSH --url https://vod.example.com/ --sub-app 1500000001
  vodflow events set --mode PULL
`
