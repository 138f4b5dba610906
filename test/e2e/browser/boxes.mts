import type { Box, Locator } from './playwright.mts';

/** Gives where an element is in the window. Throws when it is not visible. */
export async function getBox(locator: Locator): Promise<Box> {
	await locator.first().waitFor();
	const box = await locator.first().boundingBox();
	if (!box) throw new Error('An element of the picture is not to be seen');
	return box;
}

/** The box with these edges. */
export function makeBox(left: number, top: number, right: number, bottom: number): Box {
	return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Grows a box by this many pixels on all sides; shrinks it, if negative. */
export function growBox({ x, y, width, height }: Box, by: number): Box {
	return makeBox(x - by, y - by, x + width + by, y + height + by);
}

/** The smallest box that holds all elements. */
export async function getBoxAround(locator: Locator): Promise<Box> {
	const boxes = await Promise.all((await locator.all()).map(getBox));
	return makeBox(
		Math.min(...boxes.map(({ x }) => x)),
		Math.min(...boxes.map(({ y }) => y)),
		Math.max(...boxes.map(({ x, width }) => x + width)),
		Math.max(...boxes.map(({ y, height }) => y + height)),
	);
}
