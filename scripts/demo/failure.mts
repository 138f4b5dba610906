/** Something a person can act on: the demo ends with its message, in one line, and no stack trace. */
export class DemoFailure extends Error {}
