/** Writes api/*.api.md, the public surface of each entry point, from dist. With --check, it only compares and fails on a difference. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'

const root = fileURLToPath(new URL('..', import.meta.url))
const check = process.argv.includes('--check')
const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>
}
const scratch = await mkdtemp(join(tmpdir(), 'vodflow-api-'))

const configs = Object.entries(exports).flatMap(([path, target]) =>
  typeof target === 'string' ? [] : [configOf(path === '.' ? 'client' : path.slice(2), target.types)],
)
const [first] = configs
if (!first) throw new Error('package.json has no entry point with types')
// All entry points share one program, which takes a quarter of the time.
const compilerState = CompilerState.create(first, {
  additionalEntryPoints: configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
})
const changed = configs.filter(
  (config) =>
    Extractor.invoke(config, {
      compilerState,
      localBuild: !check,
      messageCallback: (message) => {
        // Differences are reported once at the end, with the remedy.
        if (message.messageId.startsWith('console-')) message.logLevel = ExtractorLogLevel.None
      },
    }).apiReportChanged,
)
await rm(scratch, { recursive: true })
for (const { reportFilePath } of changed) console.log(`${reportFilePath}: ${check ? 'differs' : 'written'}`)
if (check && changed.length > 0) {
  console.error('The public surface changed: run npm run api-report, and review the difference.')
  process.exitCode = 1
}

function configOf(name: string, types: string): ExtractorConfig {
  const quiet = { logLevel: ExtractorLogLevel.None }
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, types),
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            lib: ['es2023'],
            module: 'nodenext',
            types: ['node'],
            strict: true,
            skipLibCheck: true,
          },
          files: [types],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: join(root, 'api'),
        reportTempFolder: scratch,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: { default: quiet },
        tsdocMessageReporting: { default: quiet },
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  })
}
