/** Of this package, as in package.json: code that a bundler has moved finds no file. */
export const version = '0.1.0'
