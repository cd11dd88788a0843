/** The version in package.json. It is a constant, because bundled code cannot find that file. */
export const version = '0.1.0'

/** The mark of the plugin in bundled workflows. It is a single literal, which a minifier does not change. */
export const bundleMark = 'vodflow.VodflowPlugin@0.1.0'
