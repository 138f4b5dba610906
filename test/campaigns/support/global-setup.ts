// Jest transforms a global setup only when it is called .ts.
export { default } from './setup.mts';
