interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

interface LockedPackage {
  readonly version?: string
  readonly link?: boolean
  readonly integrity?: string
  readonly resolved?: string
}

/** Returns the problems of a package-lock.json: packages without a hash, or from another registry. */
export function wrongIn({ packages }: Lock): string[] {
  return Object.entries(packages).flatMap(([path, { link, integrity, resolved }]) => {
    if (path === '' || link) return []
    if (!integrity?.startsWith('sha512-')) return [`${path}: has no sha512 in the lock`]
    const elsewhere = resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')
    return elsewhere ? [`${path}: comes from ${resolved}`] : []
  })
}
