/**
 * Writes api/*.api.md, the public surface of each entry point, from dist. With --check, it only compares and fails on a difference. It
 * fails if an entry point exports less than its signatures use, or something without a description.
 */
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
const faults = ['ae-forgotten-export', 'ae-undocumented']
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
const found = new Set<string>()
const changed = configs.filter(
  (config) =>
    Extractor.invoke(config, {
      compilerState,
      localBuild: !check,
      messageCallback: (message) => {
        const { messageId, text, sourceFilePath = '', sourceFileLine } = message
        if (faults.includes(messageId) && !isAccepted(text))
          found.add(`${sourceFilePath}:${sourceFileLine}: ${text}`)
        // Differences and faults are reported once at the end, with the remedy.
        if (messageId.startsWith('console-') || faults.includes(messageId))
          message.logLevel = ExtractorLogLevel.None
      },
    }).apiReportChanged,
)
await rm(scratch, { recursive: true })
for (const { reportFilePath } of changed) console.log(`${reportFilePath}: ${check ? 'differs' : 'written'}`)
if (check && changed.length > 0) {
  console.error('The public surface changed: run npm run api-report, and review the difference.')
  process.exitCode = 1
}

if (found.size > 0) {
  console.error([...found].join('\n'))
  console.error('Export each of these types from the entry point that uses it, and describe each member.')
  process.exitCode = 1
}

/** Every error overrides `name` and `code` of VodflowError, which describes them. Users know `asyncDispose` as Symbol.asyncDispose. */
function isAccepted(fault: string): boolean {
  return /^(?:Missing documentation for "(?:name|code)"|The symbol "asyncDispose" needs)/.test(fault)
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
        extractorMessageReporting: {
          default: quiet,
          ...Object.fromEntries(faults.map((fault) => [fault, { logLevel: ExtractorLogLevel.Warning }])),
        },
        tsdocMessageReporting: { default: quiet },
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  })
}
