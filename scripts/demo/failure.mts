/** An error that the user can fix. The demo prints its message on one line and no stack trace. */
export class DemoFailure extends Error {}
