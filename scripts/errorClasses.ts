import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../src/', import.meta.url))

/** A class of errors in src. */
export interface ErrorClassInSource {
  readonly name: string
  readonly base: string
  readonly file: string
  /** Its doc comment. */
  readonly comment: string
  readonly isAbstract: boolean
  readonly code?: string
  /** Entry points that export it: `vodflow`, `vodflow/worker`, ... */
  readonly entryPoints: readonly string[]
}

const declaration =
  /(?:\/\*\* ([^\n]*) \*\/\n)?(?:export )?(abstract )?class (\w+) extends (\w*(?:Error|Failure))\b[^{]*\{([\s\S]*?)\n\}/g

/** Returns every class of errors in a file. */
export function errorClassesIn(file: string, code: string): Omit<ErrorClassInSource, 'entryPoints'>[] {
  return [...code.matchAll(declaration)].map(
    ([, comment = '', isAbstract, name = '', base = '', body = '']) => {
      const constant = /override readonly code = '(\w+)'/.exec(body)?.[1]
      return {
        name,
        base,
        file,
        comment,
        isAbstract: isAbstract !== undefined,
        ...(constant ? { code: constant } : {}),
      }
    },
  )
}

/** Returns every class of errors in src, in the order of their files. */
export async function errorClasses(): Promise<ErrorClassInSource[]> {
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts')).sort()
  const texts = await Promise.all(files.map((file) => readFile(join(source, file), 'utf8')))
  const indexes = files.flatMap((file, at) =>
    /^\w+\/index\.ts$/.test(file) ? [{ room: file.split('/')[0] ?? '', text: texts[at] ?? '' }] : [],
  )
  const entryPointsOf = (name: string) =>
    indexes
      .filter(({ text }) => new RegExp(`^export [^']*\\b${name}\\b`, 'm').test(text))
      .map(({ room }) => (room === 'client' ? 'vodflow' : `vodflow/${room}`))
  return files.flatMap((file, at) =>
    errorClassesIn(file, texts[at] ?? '').map((each) => ({ ...each, entryPoints: entryPointsOf(each.name) })),
  )
}
