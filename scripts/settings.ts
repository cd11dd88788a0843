import { readFile, writeFile } from 'node:fs/promises'
import type { knownVariables } from '../src/operate/variables.js'

/* Writes the table of environment variables in docs/settings.md: `npx tsx scripts/settings.ts`. */

/** What each variable of vodflow means. The compiler names one that is missing. */
const ours: Readonly<Record<(typeof knownVariables)[number], string>> = {
  VODFLOW_MAC_KEYS:
    '`k1:<at least 32 random characters>`; several separated by commas. The first key signs, all keys verify',
  VODFLOW_VOD_ENDPOINT: 'default `https://vod.intl.tencentcloudapi.com`; scheme, host and port only',
  VODFLOW_SIGN_KEY: "the SignKey of `ModifyEventConfig`: the callback service checks VOD's `Sign` with it",
  VODFLOW_FORWARD_TO: "URL that receives every event that is not vodflow's",
  VODFLOW_PAYLOAD_KEYS:
    '`k1:<64 hex digits>`; several separated by commas. Encrypts payloads in Temporal: the first key encrypts, all keys decrypt. `connect` reads it too. Pass your own worker `dataConverter: payloadEncryption(...)`: `connect` and workers refuse a data converter without codecs. A worker with other codecs warns when it starts',
  VODFLOW_CODEC_TOKENS:
    '`ann:<at least 32 characters>`; several separated by commas. The tokens of people who may read payloads through [`vodflow codec`](security.md#codec-server)',
  VODFLOW_TEMPORAL_UI:
    'address of the Temporal UI: `vodflow status`, `vodflow watch` and `vodflow report` link to it',
  VODFLOW_METRICS: 'as `--metrics`',
  VODFLOW_HEALTH: 'as `--health`',
  VODFLOW_LOG_LEVEL: 'as `--log-level`',
  VODFLOW_LOG_FORMAT: 'as `--log-format`',
  VODFLOW_DEV_FILE_ID: 'FileId of the test clip; `vodflow dev` sets it, and the starter reads it',
}

/** Those of others that vodflow reads. */
const others: Readonly<Record<string, string>> = {
  '`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS`, `TEMPORAL_TLS_*`, `TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`':
    "Temporal's own environment configuration; `connect` reads it too. The address is `host:port`. An address with a user or password is refused. See [Connection to Temporal](#connection-to-temporal)",
  '`TEMPORAL_DEPLOYMENT_NAME`, `TEMPORAL_WORKER_BUILD_ID`':
    'as `--deployment` and `--build-id`: worker versioning',
  '`TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`, `TENCENTCLOUD_SESSION_TOKEN`':
    "or Tencent's credential file (`~/.tencentcloud/credentials`), or the role of the CVM",
  '`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`': 'see [Proxies](#proxies); your code reads them too',
}

const table = /^\| variable \| meaning \|\n(?:\|.*\n)+/m

/** Returns the page with the table of these variables. */
export function withVariables(page: string): string {
  const rows = [
    ...Object.entries(others),
    ...Object.entries(ours).map(([name, text]) => [`\`${name}\``, text]),
  ]
  return page.replace(table, () =>
    [
      '| variable | meaning |',
      '| --- | --- |',
      ...rows.map(([names, text]) => `| ${names} | ${text} |`),
      '',
    ].join('\n'),
  )
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const path = new URL('../docs/settings.md', import.meta.url)
  await writeFile(path, withVariables(await readFile(path, 'utf8')))
}
