/** What was sent of a class, and what came back. */
export interface Row {
  readonly name: string
  sent: number
  delivered: number
  readonly answers: Map<string | number, number>
}

export class Tally {
  readonly #rows = new Map<string, Row>()

  constructor(names: readonly string[]) {
    for (const name of names) this.#rows.set(name, { name, sent: 0, delivered: 0, answers: new Map() })
  }

  answered(name: string, status: string | number): void {
    const row = this.row(name)
    row.sent++
    row.answers.set(status, (row.answers.get(status) ?? 0) + 1)
  }

  row(name: string): Row {
    const row = this.#rows.get(name)
    if (!row) throw new Error(`there is no row "${name}"`)
    return row
  }

  get rows(): readonly Row[] {
    return [...this.#rows.values()]
  }
}

/** For a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const statuses = [...new Set(rows.flatMap(({ answers }) => [...answers.keys()]))].sort()
  // A parser delivers nothing.
  const delivers = rows.some(({ delivered }) => delivered > 0)
  const lines = rows.map(({ name, sent, answers, delivered }) => [
    name,
    sent,
    ...statuses.map((status) => answers.get(status) ?? ''),
    ...(delivers ? [delivered] : []),
  ])
  const heading = ['class', 'sent', ...statuses, ...(delivers ? ['delivered'] : [])]
  const all = [heading, ...lines].map((line) => line.map(String))
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? []
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  return all.map((line) => line.map(cell).join('  ')).join('\n')
}
