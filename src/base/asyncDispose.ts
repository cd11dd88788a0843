/** Name of the method that `await using` calls. Node has it since 20.4; before, this is a name that nothing calls. */
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol('asyncDispose')
