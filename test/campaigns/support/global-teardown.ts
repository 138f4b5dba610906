// Jest transforms a global teardown only when it is called .ts.
export { default } from './teardown.mts';
