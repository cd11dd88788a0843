interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

interface LockedPackage {
  readonly version?: string
  readonly link?: boolean
  readonly integrity?: string
  readonly resolved?: string
}

/** What is wrong in a package-lock.json: packages whose bytes it does not name, or that come from somewhere else. */
export function wrongIn({ packages }: Lock): string[] {
  return Object.entries(packages).flatMap(([path, { link, integrity, resolved }]) => {
    if (path === '' || link) return []
    if (!integrity?.startsWith('sha512-')) return [`${path}: the lock has no sha512 of it`]
    const elsewhere = resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')
    return elsewhere ? [`${path}: comes from ${resolved}`] : []
  })
}
