import { type Command, Option } from 'commander'
import { subAppOption, textOption } from '../options.js'
import { print, table } from '../print.js'
import { vodOfEnvironment } from '../session.js'

interface SetFlags {
  readonly mode: 'PUSH' | 'PULL'
  readonly url?: string
  readonly signKey?: true
  readonly uploads?: 'ON' | 'OFF'
  readonly subApp?: number
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
      print(json, config, () => table(Object.entries(config).map(([name, value]) => [name, String(value)])))
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
    .addHelpText('after', help)
    .action(async ({ mode, url, signKey, uploads, subApp, json }: SetFlags) => {
      if (mode === 'PUSH' && url === undefined)
        throw new Error('--mode PUSH needs --url: where VOD posts its events')
      if (mode === 'PULL' && url !== undefined)
        throw new Error('--url needs --mode PUSH; pulled events go nowhere')
      if (url !== undefined && !isUrl(url))
        throw new Error('--url: is not a URL with http or https; give e.g. https://vod.example.com/')
      const { secretOfEnvironment } = await import('../../vod/secret.js')
      const key = secretOfEnvironment('VODFLOW_SIGN_KEY')
      if (signKey && !key) throw new Error('--sign-key: set VODFLOW_SIGN_KEY, at most 32 letters and digits')
      const vod = await vodOfEnvironment()
      await vod.call('ModifyEventConfig', {
        Mode: mode,
        ...(url === undefined ? {} : { NotificationUrl: url }),
        ...(signKey && key ? { SignKey: key } : {}),
        ...(uploads === undefined ? {} : { UploadMediaCompleteEventSwitch: uploads }),
        ...appOf(subApp),
      })
      print(json, { Mode: mode }, () => [
        `events are ${mode === 'PUSH' ? 'pushed' : 'kept to be pulled'}; VOD may take a minute`,
      ])
    })
}

function appOf(subApp: number | undefined): { SubAppId?: number } {
  return subApp === undefined ? {} : { SubAppId: subApp }
}

function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text)
}

const help = `
An application has one address. vodflow callbacks forwards events of other systems to VODFLOW_FORWARD_TO.

Examples:
  vodflow events set --mode PUSH --url https://vod.example.com/ --sub-app 1500000001
  vodflow events set --mode PULL
`
