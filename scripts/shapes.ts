/**
 * npm run shapes -- [--against <git ref>] [--names]
 *
 * Counts the code that one job passes through, from `vodflow process FILE --procedure P --watch` to the printed outcome. It reads only the
 * source, so that it compares two commits in seconds.
 *
 * - **Modules** of a process: the files of src that its entry file imports, directly or not (imports of types alone do not count), and those
 *   that a function of its command imports when it runs.
 * - **Functions and constants on the path**: those that are declared in a module of src and that a function in `path` calls or names, directly
 *   or not. A call through an interface leads to no function, so `path` has an entry for each. All branches count, and what is nested in a
 *   function counts with it.
 * - **Named types crossed**: the interfaces, type aliases and classes of src that are named in the declared type of a parameter or a result
 *   of these functions, or of functions nested in them. Inferred types do not count.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join, normalize, relative } from 'node:path'
import { parseArgs } from 'node:util'
import {
  isCallExpression,
  isClassDeclaration,
  isConstructorDeclaration,
  isExportDeclaration,
  isFunctionDeclaration,
  isFunctionLikeDeclaration,
  isIdentifier,
  isImportDeclaration,
  isInterfaceDeclaration,
  isPropertyDeclaration,
  isStringLiteral,
  isTypeAliasDeclaration,
  isTypeReferenceNode,
  isVariableDeclaration,
  isVariableStatement,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast'
import {
  API,
  type Symbol as Name,
  type NodeHandle,
  type Project,
  SymbolFlags,
} from 'typescript/unstable/sync'
import { root } from '../test/support/binary.js'

/** A file below src, or the name of an export of one, with its folder where two files export that name. */
type Place = string

interface Process {
  readonly entries: readonly Place[]
  /** The function of its command, whose imports are made when it runs. */
  readonly command?: Place
}

const cli = ['cli/main.ts']
const processes: Readonly<Record<string, Process>> = {
  'command line': { entries: cli, command: 'registerProcess' },
  worker: { entries: cli, command: 'registerWorker' },
  'workflow sandbox': { entries: ['workflows/served.ts', 'interceptors'] },
  'callback service': { entries: cli, command: 'registerCallbacks' },
}

/** The functions in which a job enters the code. */
const path: readonly Place[] = [
  'registerProcess',
  'workflows/processMediaByProcedure',
  'activities/submit',
  'activities/describeTaskDetail',
  'createVodClient',
  'createPushHandler',
  'createDelivery',
]

/** The source of one commit. */
class Source {
  readonly #src: string
  readonly #project: Project
  readonly #files: ReadonlyMap<string, SourceFile>

  constructor(folder: string, api: API) {
    const config = join(folder, 'tsconfig.build.json')
    this.#src = join(folder, 'src/')
    this.#project = api.updateSnapshot({ openProjects: [config] }).getProject(config) as Project
    const { program } = this.#project
    const names = program.getSourceFileNames().filter((name) => name.startsWith(this.#src))
    this.#files = new Map(names.map((name) => [name, program.getSourceFile(name) as SourceFile]))
  }

  /** Returns the files below src that a process loads. */
  modulesOf({ entries, command }: Process): Set<string> {
    const loaded = new Set<string>()
    const open = entries.map((entry) => this.#find(entry).getSourceFile().fileName)
    if (command !== undefined)
      for (const node of this.functionsFrom([command])) open.push(...this.#importedWhenRun(node))
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const file = this.#files.get(name)
      if (!file || loaded.has(this.#below(name))) continue
      loaded.add(this.#below(name))
      open.push(...this.#importedBy(file))
    }
    return loaded
  }

  /** Returns the declarations of functions, and of constants that contain functions, that these lead to. */
  functionsFrom(places: readonly Place[]): Set<Node> {
    const reached = new Set<Node>()
    const open = places.map((place) => this.#find(place))
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (reached.has(node)) continue
      reached.add(node)
      open.push(...this.#namedIn(node))
    }
    return reached
  }

  /** Returns the names of the types that these functions take and return. */
  typesOf(functions: Iterable<Node>): Set<string> {
    const declared = [...functions].flatMap(below).filter(isFunctionLikeDeclaration)
    const annotations = declared.flatMap((one) => [one.type, ...one.parameters.map(({ type }) => type)])
    const names = annotations
      .flatMap((type) => (type ? below(type) : []))
      .filter(isTypeReferenceNode)
      .map(({ typeName }) => typeName)
    return new Set(
      this.#symbolsOf(names).flatMap(({ name, declarations }) => {
        const declaration = declarations.map((each) => this.#ours(each)).find((each) => each && isType(each))
        return declaration ? [`${this.#below(declaration.getSourceFile().fileName)} ${name}`] : []
      }),
    )
  }

  #find(place: Place): Node {
    const [, folder = '', name] = /^(?:(.*)\/)?(.*)$/.exec(place) ?? []
    const found = [...this.#files].flatMap(([path, file]) => {
      if (this.#below(path) === place) return [file]
      return this.#below(path).startsWith(folder) ? (exportsOf(file).get(String(name)) ?? []) : []
    })
    if (found.length !== 1 || !found[0]) throw new Error(`${place}: ${found.length} files export it`)
    return found[0]
  }

  #importedBy(file: SourceFile): string[] {
    return file.statements.flatMap((statement) => {
      if (isImportDeclaration(statement))
        return statement.importClause?.phaseModifier === SyntaxKind.TypeKeyword
          ? []
          : this.#fileAt(file, statement.moduleSpecifier)
      return isExportDeclaration(statement) && !statement.isTypeOnly
        ? this.#fileAt(file, statement.moduleSpecifier)
        : []
    })
  }

  #importedWhenRun(node: Node): string[] {
    return below(node)
      .filter(isCallExpression)
      .filter(({ expression }) => expression.kind === SyntaxKind.ImportKeyword)
      .flatMap((call) => this.#fileAt(call.getSourceFile(), call.arguments[0]))
  }

  #fileAt(from: SourceFile, to: Node | undefined): string[] {
    if (!to || !isStringLiteral(to) || !to.text.startsWith('.')) return []
    return [normalize(join(from.fileName, '..', to.text)).replace(/\.js$/, '.ts')]
  }

  /** Returns the declarations that the code below a node calls or names. */
  #namedIn(node: Node): Node[] {
    const { checker } = this.#project
    return this.#symbolsOf(below(node).filter(isIdentifier)).flatMap(({ valueDeclaration }) => {
      const declaration = valueDeclaration && this.#ours(valueDeclaration)
      if (!declaration || !isImportedWhenRun(declaration)) return codeOf(declaration)
      // The name is local; the type leads to what was imported.
      const imported = checker.getTypeAtLocation(declaration)?.getSymbol()?.valueDeclaration
      return codeOf(imported && this.#ours(imported))
    })
  }

  /** Returns each symbol once. */
  #symbolsOf(nodes: readonly Node[]): Name[] {
    const { checker } = this.#project
    const found = checker.getSymbolAtLocation(nodes).flatMap((symbol) => symbol ?? [])
    const symbols = found.map((symbol) =>
      symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    )
    return [...new Map(symbols.map((symbol) => [symbol.id, symbol])).values()]
  }

  #ours(declaration: NodeHandle): Node | undefined {
    return declaration.path.startsWith(this.#src) ? declaration.resolve(this.#project) : undefined
  }

  #below(path: string): string {
    return relative(this.#src, path)
  }
}

/** Returns the part of a declaration that runs. For a class, this is what runs when an instance is created. */
function codeOf(declaration: Node | undefined): Node[] {
  if (!declaration) return []
  if (isClassDeclaration(declaration))
    return declaration.members.filter((each) => isConstructorDeclaration(each) || isPropertyDeclaration(each))
  if (isFunctionLikeDeclaration(declaration)) return [declaration]
  return isVariableDeclaration(declaration) && isOfModule(declaration) ? [declaration] : []
}

/** `const { a } = await import('./b.js')` declares `a`. */
function isImportedWhenRun(declaration: Node): boolean {
  return declaration.kind === SyntaxKind.BindingElement && isImport(declaration.parent.parent)
}

function isImport(declaration: Node): boolean {
  if (!isVariableDeclaration(declaration) || !declaration.initializer) return false
  return below(declaration.initializer).some(({ kind }) => kind === SyntaxKind.ImportKeyword)
}

function isOfModule(declaration: Node): boolean {
  return declaration.parent.parent.parent.kind === SyntaxKind.SourceFile
}

function isType(node: Node): boolean {
  return isInterfaceDeclaration(node) || isTypeAliasDeclaration(node) || isClassDeclaration(node)
}

function exportsOf({ statements }: SourceFile): Map<string, Node> {
  const exported = statements.flatMap((statement): readonly Node[] => {
    if (!isVariableStatement(statement) && !isFunctionDeclaration(statement)) return []
    if (!statement.modifiers?.some(({ kind }) => kind === SyntaxKind.ExportKeyword)) return []
    return isVariableStatement(statement) ? statement.declarationList.declarations : [statement]
  })
  return new Map(exported.map((node) => [(node as { name?: Node }).name?.getText() ?? '', node]))
}

/** Returns the node and every node in it. */
function below(node: Node): Node[] {
  const nodes = [node]
  for (const each of nodes) each.forEachChild((child) => void nodes.push(child))
  return nodes
}

/** The names of what is counted. */
type Counts = ReadonlyMap<string, ReadonlySet<unknown>>

function count(folder: string): Counts {
  const api = new API({ cwd: folder })
  try {
    const source = new Source(folder, api)
    const modules = Object.entries(processes).map(
      ([name, process]) => [`modules: ${name}`, source.modulesOf(process)] as const,
    )
    const functions = source.functionsFrom(path)
    return new Map<string, ReadonlySet<unknown>>([
      ...modules,
      ['modules: in all', new Set(modules.flatMap(([, names]) => [...names]))],
      ['functions, constants', functions],
      ['named types crossed', source.typesOf(functions)],
    ])
  } finally {
    api.close()
  }
}

/** Extracts the source of a commit into a folder below this one, so that it finds the same packages. */
function sourceAt(ref: string): string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const commit = git('rev-parse', '--verify', `${ref}^{commit}`)
  const folder = join(root, '.cache/shapes', commit)
  if (existsSync(folder)) return folder
  mkdirSync(folder, { recursive: true })
  const tar = join(folder, 'source.tar')
  git('archive', '--output', tar, commit, 'src', 'tsconfig.json', 'tsconfig.build.json', 'package.json')
  execFileSync('tar', ['--extract', '--file', tar, '--directory', folder])
  return folder
}

const { values } = parseArgs({ options: { against: { type: 'string' }, names: { type: 'boolean' } } })
const now = count(root)
const before = values.against === undefined ? undefined : count(sourceAt(values.against))
const rows = [...now].map(([what, { size }]) => [what, size, before?.get(what)?.size ?? ''])
for (const row of [['', 'now', values.against ?? ''], ...rows])
  console.log(
    row
      .map((cell, column) => (column === 0 ? `${cell}`.padEnd(26) : `${cell}`.padStart(8)))
      .join('  ')
      .trimEnd(),
  )
if (values.names)
  for (const [what, names] of now)
    if (what !== 'functions, constants') console.log(`\n${what}\n  ${[...names].sort().join('\n  ')}`)
