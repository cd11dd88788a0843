/** The version in package.json. It is a constant, because bundled code cannot find that file. */
export const version = '0.1.0'

/** What the plugin leaves in bundled workflows. It is one text, which a minifier keeps as it is. */
export const bundleMark = 'vodflow.VodflowPlugin@0.1.0'
