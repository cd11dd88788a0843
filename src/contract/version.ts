/** Of this package, as in package.json: code that a bundler has moved finds no file. */
export const version = '0.1.0'

/** What the plugin leaves in bundled workflows. It is one text, which a minifier keeps as it is. */
export const bundleMark = 'vodflow.VodflowPlugin@0.1.0'
