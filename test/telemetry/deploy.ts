import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')

export interface Alert {
  readonly alert: string
  readonly expr: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export async function alertsOf(path = 'deploy/prometheus/alerts.yml'): Promise<readonly Alert[]> {
  const { groups } = parse(await read(path)) as { groups: readonly { rules: readonly Alert[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

/** Every query of the dashboard. */
export async function queriesOf(path = 'deploy/grafana/vodflow.json'): Promise<readonly string[]> {
  const { panels } = JSON.parse(await read(path)) as {
    panels: readonly { targets?: readonly { expr: string }[] }[]
  }
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
}

/** A metric as a query names it, and the labels that it wants to have values. */
export interface Used {
  readonly name: string
  readonly labels: readonly string[]
}

export function usedIn(query: string): readonly Used[] {
  return [...query.matchAll(/\b((?:vodflow|temporal)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', matchers = '']) => ({
      name,
      labels: [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label),
    }),
  )
}

/** Anchors of the headings of a page, as GitHub and most others make them. */
export async function anchorsOf(path: string): Promise<ReadonlySet<string>> {
  const headings = [...(await read(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
}
