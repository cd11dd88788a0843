import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../support/binary.js'

/** Where a name of a page may come from: our code and files, Tencent's lists of errors, and the types of Tencent's and Temporal's packages. */
const sources: readonly (readonly [folder: string, files: RegExp])[] = [
  ...[
    'src',
    'api',
    'starter',
    'examples',
    'scripts',
    'bench',
    'demo',
    'deploy',
    'test/chaos',
    'test/explore',
  ].map((folder) => [folder, /\.(?:ts|mjs|py|sh|ya?ml|json|md)$/] as const),
  ['test/contract', /\.json$/],
  ['node_modules/@temporalio', /^[a-z-]+\/(?:lib\/.*|protos\/root)\.d\.ts$/],
  ['node_modules/tencentcloud-sdk-nodejs-vod', /\.d\.ts$/],
]

/** A name as programmers write it, or a header of HTTP. */
const word = /[A-Za-z_]\w*(?:-[A-Z]\w*)*/g
const comment = /\/\*[\s\S]*?\*\/|^\s*(?:\/\/|#).*$/gm

/** Returns every name that code has. What only a comment has may be gone. */
export async function namesOfCode(): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  const read = async (path: string) => {
    const text = await readFile(join(root, path), 'utf8')
    for (const [name] of (/\.md$/.test(path) ? text : text.replaceAll(comment, '')).matchAll(word))
      names.add(name)
  }
  for (const [folder, files] of sources) {
    const paths = await readdir(join(root, folder), { recursive: true })
    for (const path of paths) if (files.test(path)) await read(join(folder, path))
  }
  await read('package.json')
  return names
}

/** Returns the names in a span of code: those with an inner capital or an underscore, types, what is called, and members. */
export function namesIn(code: string): string[] {
  return [...code.matchAll(word)].flatMap(({ 0: name, index }) => {
    // `temporal_...` and `TEMPORAL_TLS_*` stand for many.
    if (/_$/.test(name)) return []
    const isWritten = /[a-z\d][A-Z]|_|^[A-Z]\w/.test(name)
    const isCalled = code[index + name.length] === '('
    const isMember = code[index - 1] === '.' && /[\w)\]]/.test(code[index - 2] ?? '')
    return isWritten || isCalled || isMember ? [name] : []
  })
}
