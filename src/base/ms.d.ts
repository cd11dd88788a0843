/* Version 2 of ms has no types of its own. Those of @types/ms would also apply to the ms of Temporal's SDK, in the projects of users. */
declare module 'ms' {
  export default function ms(text: string): number | undefined
}
