export * from '../floor/workflows.js'
export * from '../rivals/pollingWorkflows.js'
