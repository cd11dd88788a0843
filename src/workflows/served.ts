/** The workflow types that a worker of vodflow serves: the steps of the entry point, and the workflows that vodflow itself starts. */
export { processBatch } from './batch/processBatch.js'
export * from './index.js'
export { processUpload } from './processUpload.js'
export { sweep } from './sweep.js'
