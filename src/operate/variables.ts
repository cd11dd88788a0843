/** The environment variables of vodflow. `scripts/settings.ts` says what each means. */
export const knownVariables = [
  'VODFLOW_CODEC_TOKENS',
  'VODFLOW_DEV_FILE_ID',
  'VODFLOW_FORWARD_TO',
  'VODFLOW_HEALTH',
  'VODFLOW_LOG_FORMAT',
  'VODFLOW_LOG_LEVEL',
  'VODFLOW_MAC_KEYS',
  'VODFLOW_METRICS',
  'VODFLOW_PAYLOAD_KEYS',
  'VODFLOW_SIGN_KEY',
  'VODFLOW_TEMPORAL_UI',
  'VODFLOW_VOD_ENDPOINT',
] as const

const known: ReadonlySet<string> = new Set(knownVariables)

/** Kubernetes sets these for each Service of the namespace, e.g. for one that is named `vodflow-callbacks`. */
const ofKubernetes = /_SERVICE_HOST$|_PORT$|_SERVICE_PORT_|_PORT_\d/

export const unknownFix = 'check its spelling; docs/settings.md lists the variables'

/**
 * Returns the names of variables that look like vodflow's, and that nothing reads. A misspelt VODFLOW_PAYLOAD_KEYS would store payloads in plain
 * text, and a misspelt VODFLOW_SIGN_KEY would let every Sign pass.
 */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.keys(env).filter(
    (name) => name.startsWith('VODFLOW_') && !known.has(name) && !ofKubernetes.test(name),
  )
}
