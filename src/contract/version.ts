/** The version in package.json. It is a constant, because bundled code cannot find that file. */
export const version = '0.1.0'
