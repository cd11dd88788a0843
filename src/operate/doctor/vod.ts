import { InvalidInputError, VodError } from '../../contract/errors.js'
import { createVodClient, outsideQueues, type VodClient } from '../../vod/client.js'
import { maxSkewMs } from '../../vod/clockSkew.js'
import { dateAt } from '../../vod/connections.js'
import { defaultEndpoint, parseEndpoint } from '../../vod/endpoint.js'
import { bad, type DoctorFinding, doubtful, failed, good, skipped } from './finding.js'

export interface VodOptions {
  readonly SubAppId?: number | undefined
  readonly ProcedureName?: string | undefined
  readonly endpoint?: string | undefined
}

/** VOD's settings for the delivery of events. */
export interface EventSettings {
  readonly Mode: string
  readonly NotificationUrl: string
  readonly vod: VodClient
}

/** Clock skew that is reported, long before VOD refuses calls. */
const suspectSkewMs = 30_000

export async function* checkVod(
  options: VodOptions,
): AsyncGenerator<DoctorFinding, EventSettings | undefined, undefined> {
  const { endpoint = defaultEndpoint, SubAppId, ProcedureName } = options
  const usable = settingsOf(endpoint)
  if ('check' in usable) {
    yield usable
    yield skipped('events', 'VOD was not called')
    return undefined
  }
  const { url, vod } = usable
  const reached = await dateAt(url)
  if ('unreachable' in reached) {
    const fix =
      'check VODFLOW_VOD_ENDPOINT, the network and the proxy of this machine (HTTPS_PROXY, NO_PROXY)'
    yield bad('endpoint', `${url.host} cannot be reached (${reached.unreachable})`, fix)
    yield skipped('credentials', 'the endpoint cannot be reached')
    return undefined
  }
  yield good('endpoint', `${url.host} answers`)
  yield skewOf(reached.date)
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
  yield good('credentials', 'VOD accepts them')
  const app = subAppOf(apps as Apps, SubAppId)
  yield app
  if (app.state === 'bad') return undefined
  if (ProcedureName !== undefined) yield await checkTemplate(vod, ProcedureName, SubAppId)
  try {
    const { Mode, NotificationUrl } = await vod.call('DescribeEventConfig', { SubAppId })
    return { Mode, NotificationUrl, vod }
  } catch (error) {
    yield failed('events', error, error instanceof VodError ? error.remedy : 'vodflow events show')
    return undefined
  }
}

/** Returns the endpoint and a client for it, or a finding if the endpoint, the keys or the proxy cannot be used. */
function settingsOf(endpoint: string): { readonly url: URL; readonly vod: VodClient } | DoctorFinding {
  try {
    const url = parseEndpoint('VODFLOW_VOD_ENDPOINT', endpoint)
    return { url, vod: createVodClient({ endpoint: url.origin, callsPerSecond: outsideQueues }) }
  } catch (error) {
    const [wrong] = error instanceof InvalidInputError ? error.problems : []
    if (!wrong) throw error
    const check = wrong.field === 'VODFLOW_VOD_ENDPOINT' ? 'endpoint' : 'credentials'
    return bad(check, `${wrong.field} ${wrong.problem}`, wrong.remedy)
  }
}

function skewOf(date: number): DoctorFinding {
  // A Date header has a precision of one second.
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

/** Accounts activated since 2023-12-25 must send a SubAppId ("FailedOperation.InvalidVodUser"). */
function subAppOf({ SubAppIdInfoSet = [] }: Apps, SubAppId: number | undefined): DoctorFinding {
  const all = SubAppIdInfoSet.flatMap((app) => (app.SubAppId === undefined ? [] : [app.SubAppId]))
  if (SubAppId === undefined) {
    if (all.length <= 1) return good('sub-app', 'the default application')
    const what = `none is set, and the account has ${all.length}: accounts since 2023-12-25 must send one with every request`
    return doubtful('sub-app', what, `vodflow doctor --sub-app ${all[0]}`)
  }
  const found = SubAppIdInfoSet.find((app) => app.SubAppId === SubAppId)
  if (!found)
    return bad(
      'sub-app',
      `this account has no application ${SubAppId}`,
      `use one of ${all.slice(0, 5).join(', ')}`,
    )
  if (found.Status !== undefined && found.Status !== 'On')
    return bad('sub-app', `the application ${SubAppId} is ${found.Status}`, 'enable it in the console')
  return good('sub-app', `${SubAppId} exists`)
}

async function checkTemplate(
  vod: VodClient,
  Name: string,
  SubAppId: number | undefined,
): Promise<DoctorFinding> {
  try {
    const { ProcedureTemplateSet } = await vod.call('DescribeProcedureTemplates', { Names: [Name], SubAppId })
    if (ProcedureTemplateSet.some((template) => template.Name === Name))
      return good('template', `"${Name}" exists`)
    return bad(
      'template',
      `this application has no task flow template "${Name}"`,
      `vodflow templates create ${Name}.json`,
    )
  } catch (error) {
    return failed('template', error, error instanceof VodError ? error.remedy : 'vodflow templates list')
  }
}
