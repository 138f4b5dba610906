/** Set by the configuration of Jest: true in `npm run test:campaigns`, false in `npm test`. */
declare const IS_FULL_SCALE: boolean;

/** How much a costly test does: little in `npm test`, all of it in `npm run test:campaigns`. */
export const chooseCount = (small: number, full: number): number => (IS_FULL_SCALE ? full : small);
