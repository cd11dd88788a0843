/** The steps by their names, for workflows that get the name of their step as data. */
export * as steps from '../../src/workflows/steps.js'
