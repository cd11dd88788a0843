/**
 * The value of TEMPORAL_CONFIG_FILE in the settings of `vodflow dev`: no file is read, not even the one in the home folder. An empty path
 * is an error to Temporal's library, and so is an empty file.
 */
export const noConfigFile = '/nonexistent/temporal.toml'
