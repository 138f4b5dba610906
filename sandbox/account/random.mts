import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const HEX = '0123456789abcdef';
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Independent streams of one seed: a fault drawn must not change which rows are made. */
export const STREAMS = { data: 0, account: 1, faults: 2, paging: 3, quirks: 4 } as const;

/** A seeded source of randomness: the same seed and stream give the same draws, always. */
export class Random {
	private readonly generator;

	/** `seed`: any integer. `stream`: one of STREAMS, far away from every other stream. */
	constructor(seed: number, stream = 0) {
		this.generator = xoroshiro128plus(seed);
		for (let i = 0; i < stream; i++) this.generator.jump();
	}

	/** A number from 0 (included) to 1 (left out). */
	fraction(): number {
		return (this.generator.next() >>> 0) / 0x100000000;
	}

	/** An integer from `from` to `to`, both included. */
	int(from: number, to: number): number {
		return uniformInt(this.generator, from, to);
	}

	/** True with the given probability (0 to 1). */
	chance(probability: number): boolean {
		return this.fraction() < probability;
	}

	/** One element of a list that is not empty. */
	pick<T>(list: readonly T[]): T {
		return list[Math.floor(this.fraction() * list.length)];
	}

	/** `length` letters of an alphabet, lower-case letters and digits by default. */
	text(length: number, alphabet = ALPHANUMERIC): string {
		let text = '';
		for (let i = 0; i < length; i++) {
			text += alphabet[Math.floor(this.fraction() * alphabet.length)];
		}
		return text;
	}

	/** A lower-case GUID, the form of a click ID that the vendor's sister articles show. */
	guid(): string {
		const hex = this.text(32, HEX);
		return [8, 12, 16, 20, 32]
			.map((end, i, ends) => hex.slice(i === 0 ? 0 : ends[i - 1], end))
			.join('-');
	}
}
