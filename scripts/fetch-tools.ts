// Fetches the programs that demo and tests start. If one is missing, the error says how to install it.
import { findTemporal } from '../src/cli/dev/temporalBinary.js'
import { findBinaries } from '../src/emulator/media/binaries.js'

const onProgress = (line: string) => console.log(`  ${line}`)
try {
  for (const tool of ['temporal', 'temporal-test-server'] as const)
    onProgress(await findTemporal({ tool, onProgress }))
  for (const path of Object.values(await findBinaries())) onProgress(path)
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
