import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The `vodflow` command as the package has it, for `node`. */
export const binary = join(root, 'dist/cli/main.js')
