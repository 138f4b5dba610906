import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const HEX = '0123456789abcdef';
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Independent streams of one seed: drawing a fault must not change the seeded rows. */
export const STREAMS = {
	data: 0,
	account: 1,
	faults: 2,
	paging: 3,
	quirks: 4,
	postbacks: 5,
} as const;

/** A seeded random generator. The same seed and stream always give the same draws. */
export class Random {
	private readonly generator;

	/** `seed`: any integer. `stream`: one of STREAMS. */
	constructor(seed: number, stream = 0) {
		this.generator = xoroshiro128plus(seed);
		for (let i = 0; i < stream; i++) this.generator.jump();
	}

	/** A number from 0 (inclusive) to 1 (exclusive). */
	fraction(): number {
		return (this.generator.next() >>> 0) / 0x100000000;
	}

	/** An integer from `from` to `to` (both inclusive). */
	int(from: number, to: number): number {
		return uniformInt(this.generator, from, to);
	}

	/** True with the given probability (0 to 1). */
	chance(probability: number): boolean {
		return this.fraction() < probability;
	}

	/** An element of a list. The list must not be empty. */
	pick<T>(list: readonly T[]): T {
		return list[Math.floor(this.fraction() * list.length)];
	}

	/** `length` characters of an alphabet. Default: lower-case letters and digits. */
	text(length: number, alphabet = ALPHANUMERIC): string {
		let text = '';
		for (let i = 0; i < length; i++) {
			text += alphabet[Math.floor(this.fraction() * alphabet.length)];
		}
		return text;
	}

	/** A lower-case GUID. The vendor's sister articles show click IDs in this form. */
	guid(): string {
		const hex = this.text(32, HEX);
		return [8, 12, 16, 20, 32]
			.map((end, i, ends) => hex.slice(i === 0 ? 0 : ends[i - 1], end))
			.join('-');
	}
}
