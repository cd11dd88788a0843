/** Returns true for the names of vodflow's signals, updates and queries. */
export function isOurs(name: unknown): name is string {
  return typeof name === 'string' && name.startsWith('vodflow.')
}
