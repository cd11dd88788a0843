import { createVodClient, defaultEndpoint, outsideQueues, type VodClient } from '../vod/client.js'
import { maxSkewMs } from '../vod/clockSkew.js'
import { VodError } from '../vod/errors.js'
import { bad, doubtful, type Finding, failed, good, skipped } from './finding.js'

export interface VodOptions {
  readonly SubAppId?: number | undefined
  readonly ProcedureName?: string | undefined
  readonly endpoint?: string | undefined
}

/** How events are delivered, as VOD says. */
export interface EventSettings {
  readonly Mode: string
  readonly NotificationUrl: string
  readonly vod: VodClient
}

/** Worth a word, long before VOD refuses calls. */
const suspectSkewMs = 30_000

export async function* checkVod(
  options: VodOptions,
): AsyncGenerator<Finding, EventSettings | undefined, undefined> {
  const { endpoint = defaultEndpoint, SubAppId, ProcedureName } = options
  const date = await dateOf(endpoint)
  if (date === undefined) {
    const fix = 'check VODFLOW_VOD_ENDPOINT, the network and the proxy of this machine'
    yield bad('endpoint', `${hostOf(endpoint)} cannot be reached`, fix)
    yield skipped('credentials', 'the endpoint cannot be reached')
    return undefined
  }
  yield good('endpoint', `${hostOf(endpoint)} answers`)
  yield skewOf(date)
  const vod = createVodClient({ endpoint, callsPerSecond: outsideQueues })
  const apps = await vod.send('DescribeSubAppIds', {}).catch((error: unknown) => error)
  if (apps instanceof Error) {
    yield failed(
      'credentials',
      apps,
      apps instanceof VodError ? apps.remedy : 'set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY',
    )
    yield skipped('events', 'VOD refuses the credentials')
    return undefined
  }
  yield good('credentials', 'VOD takes them')
  const app = subAppOf(apps as Apps, SubAppId)
  yield app
  if (app.state === 'bad') return undefined
  const of = SubAppId === undefined ? {} : { SubAppId }
  if (ProcedureName !== undefined) yield await checkTemplate(vod, ProcedureName, of)
  try {
    const { Mode, NotificationUrl } = await vod.call('DescribeEventConfig', of)
    return { Mode, NotificationUrl, vod }
  } catch (error) {
    yield failed('events', error, error instanceof VodError ? error.remedy : 'vodflow events show')
    return undefined
  }
}

/** The time at the endpoint; undefined when it cannot be reached. Any HTTP answer will do. */
async function dateOf(endpoint: string): Promise<number | undefined> {
  try {
    const response = await fetch(endpoint, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    })
    return Date.parse(response.headers.get('date') ?? '') || Date.now()
  } catch {
    return undefined
  }
}

function skewOf(date: number): Finding {
  // A Date header is cut to the second.
  const skew = Math.round(Math.abs(date - Date.now()) / 1000)
  const what = `differs from VOD's by ${skew} s`
  if (skew * 1000 > maxSkewMs)
    return bad('clock', `${what}; VOD allows 300`, 'set the clock of this machine (NTP)')
  if (skew * 1000 > suspectSkewMs) return doubtful('clock', what, 'set the clock of this machine (NTP)')
  return good('clock', what)
}

interface Apps {
  readonly SubAppIdInfoSet?: readonly { readonly SubAppId?: number; readonly Status?: string }[]
}

/** Accounts activated since 2023-12-25 must give a SubAppId ("FailedOperation.InvalidVodUser"). */
function subAppOf({ SubAppIdInfoSet = [] }: Apps, SubAppId: number | undefined): Finding {
  const all = SubAppIdInfoSet.flatMap((app) => (app.SubAppId === undefined ? [] : [app.SubAppId]))
  if (SubAppId === undefined) {
    if (all.length <= 1) return good('sub-app', 'the default application')
    const what = `none given, and the account has ${all.length}: accounts since 2023-12-25 must give one with every request`
    return doubtful('sub-app', what, `vodflow doctor --sub-app ${all[0]}`)
  }
  const found = SubAppIdInfoSet.find((app) => app.SubAppId === SubAppId)
  if (!found)
    return bad(
      'sub-app',
      `this account has no application ${SubAppId}`,
      `give one of ${all.slice(0, 5).join(', ')}`,
    )
  if (found.Status !== undefined && found.Status !== 'On')
    return bad('sub-app', `the application ${SubAppId} is ${found.Status}`, 'switch it on in the console')
  return good('sub-app', `${SubAppId} is there`)
}

async function checkTemplate(vod: VodClient, Name: string, app: { SubAppId?: number }): Promise<Finding> {
  try {
    const { ProcedureTemplateSet } = await vod.call('DescribeProcedureTemplates', { Names: [Name], ...app })
    if (ProcedureTemplateSet.some((template) => template.Name === Name))
      return good('template', `"${Name}" is there`)
    return bad(
      'template',
      `this application has no task flow template "${Name}"`,
      `vodflow templates create ${Name}.json`,
    )
  } catch (error) {
    return failed('template', error, error instanceof VodError ? error.remedy : 'vodflow templates list')
  }
}

function hostOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).host : 'VODFLOW_VOD_ENDPOINT (it is not a URL)'
}
